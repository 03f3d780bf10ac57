/** The outside as commands see it. */
export type World = {
  readonly fetch: (url: string, init?: RequestInit) => Promise<Response>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
  /** A UUID that nothing else has. */
  readonly newId: () => string;
  /** Resolves after so many milliseconds, or as soon as the signal aborts. */
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** Runs `act` at Ctrl-C, and ends the program; disposing takes that back. */
  readonly onInterrupt: (act: () => void) => Disposable;
  /** `undefined`: there is no such file. */
  readonly readFile: (path: string) => Promise<string | undefined>;
  /** The armoured public key that gpg of this user has; `undefined`: it has none, or there is no gpg. */
  readonly exportKey: (fingerprint: string) => Promise<string | undefined>;
  /** Writes the files of a tar into a new directory, and gives their paths. */
  readonly unpack: (
    directory: string,
    tar: AsyncIterable<Uint8Array>,
  ) => Promise<readonly string[]>;
  readonly readInput: () => Promise<string>;
  /** Asks on the terminal for a text that is not shown; without a terminal, the first line of the input. */
  readonly readSecret: (question: string) => Promise<string>;
  /** Writes a file that only its owner can read, whole or not at all, with the directories to it. */
  readonly writePrivate: (path: string, text: string) => Promise<void>;
  /** Whether there was such a file. */
  readonly deleteFile: (path: string) => Promise<boolean>;
  readonly output: Channel;
  /** For what is no result: progress, errors. */
  readonly messages: Channel;
};

export type Channel = {
  write(text: string): void;
  readonly isTerminal: boolean;
};
