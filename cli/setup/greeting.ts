import { secretNotice } from "./secret-notice.ts";

export type Greeting = {
  /** Without a slash at its end. */
  readonly url: string;
  readonly name: string;
  readonly arch: string;
  /** Upper-case hexadecimal; undefined while kiln serves unsigned. */
  readonly fingerprint: string | undefined;
  /** Only when it was made just now. */
  readonly secret: string | undefined;
  /** Whether the command line can be installed from the repository. */
  readonly hasCommandLine: boolean;
};

/** What a person is told when kiln is up: where it is, how pacman gets at it, and what to do next. */
export const greetingOf = (greeting: Greeting): string => {
  const { url, name, arch, fingerprint, secret } = greeting;
  return [
    `kiln is up at ${url}`,
    "",
    "In /etc/pacman.conf:",
    "",
    `  [${name}]`,
    `  SigLevel = ${fingerprint ? "Required" : "Never"}`,
    `  Server = ${url}/${arch}`,
    "",
    ...(fingerprint
      ? [`Packages and databases are signed by ${fingerprint}.`]
      : ["There is no signing key: packages are served unsigned."]),
    ...(secret ? ["", ...secretNotice(secret)] : []),
    "",
    "Next:",
    "",
    ...nextCommands(greeting).map((command) => `  ${command}`),
    "",
  ].join("\n");
};

/** None of them has the secret in it: what is typed into a shell lands in its history. */
const nextCommands = ({ url, name, arch, fingerprint, hasCommandLine }: Greeting) => [
  ...(fingerprint
    ? [
        `curl -s ${url}/${arch}/${name}.asc | sudo pacman-key --add - && sudo pacman-key --lsign-key ${fingerprint}`,
      ]
    : []),
  hasCommandLine ? "sudo pacman -Sy kiln-cli" : "sudo pacman -Sy",
  `kiln login ${url}`,
  "kiln add <package>",
];
