import type { Readable } from "node:stream";
import type { Printed } from "./demultiplex.ts";

/** A container engine, as far as a builder needs one. `Fault` unavailable where it does not answer. */
export type Engine = {
  ping(): Promise<void>;
  /** `Fault` missing where the image is not there. */
  demandImage(image: string): Promise<void>;
  /** `Fault` unavailable where containers of an image with a network cannot be confined as RUNNER_NETWORK asks for. */
  demandNetwork(image: string): Promise<void>;
  /**
   * Bytes that are free on the file system of its containers. Where that takes a container of an image, they are looked
   * up again every 10 s while something is built, else every minute.
   */
  room(image: string, pace: "building" | "idle"): Promise<number>;
  /**
   * Starts an idle container, which lives until it is disposed, or until this process is gone, however it
   * ended. `Fault` missing where the image is not there, conflict where the engine refuses.
   */
  start(spec: ContainerSpec): Promise<Container>;
  /** All containers that any builder made. */
  list(): Promise<readonly Listed[]>;
  /** Ends a container at once; one that is gone already is no error. */
  remove(id: string): Promise<void>;
};

export type ContainerSpec = {
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Bytes. */
  readonly memory: number;
  /** Processors; 0 is all there are. */
  readonly cpus: number;
  readonly processes: number;
  /** With one, it reaches what RUNNER_NETWORK lets it reach; without, nothing. */
  readonly network: boolean;
  /** Milliseconds after which it ends by itself. */
  readonly lifetime: number;
};

export type Container = AsyncDisposable & {
  /** Runs one program. `each` gets what it prints, in order. */
  run(command: Command, each: (printed: Printed) => void): Promise<Exit>;
  /** Unpacks a tar over the root. */
  put(tar: Readable): Promise<void>;
  /** How many there are now; 0 where the engine cannot tell, or it is gone. */
  processes(): Promise<number>;
  /** Bytes that were written in it; 0 where the engine cannot tell, or it is gone. */
  size(): Promise<number>;
  /** Addresses with ports, `192.0.2.1:443`, that the network rules refused to it so far. */
  refused(): Promise<readonly string[]>;
  /** A tar of a directory. */
  take(path: string): Promise<Readable>;
};

export type Command = {
  readonly user: "root" | "build";
  readonly argv: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Where it runs; /build/source where nothing is said. */
  readonly directory?: string;
};

export type Exit =
  | { readonly kind: "exited"; readonly code: number }
  /** Its container was ended by somebody else. */
  | { readonly kind: "gone" };

export type Listed = {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly running: boolean;
  readonly createdAt: number;
};
