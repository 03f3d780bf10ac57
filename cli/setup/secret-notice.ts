import type { Say } from "./run-program.ts";

export const secretNotice = (secret: string) => [
  "The API secret, shown this once (its hash is in authorized_secrets):",
  "",
  `  ${secret}`,
];

export type Notice = Disposable & {
  /** It was shown. */
  told(): void;
};

/** Shows a secret in the end where it was not shown before: of one that is only in a file as a hash, nobody is told later. */
export const holdNotice = (secret: string | undefined, say: Say): Notice => {
  let isTold = false;
  return {
    told() {
      isTold = true;
    },
    [Symbol.dispose]() {
      if (secret !== undefined && !isTold) say(["", ...secretNotice(secret), ""].join("\n"));
    },
  };
};
