import { Readable } from "node:stream";
import { membersOf } from "#shared/tar-members.ts";
import type {
  Command,
  Container,
  ContainerSpec,
  Engine,
  Exit,
  Listed,
} from "../../services/builder/docker/engine.ts";
import { tarOf } from "./archive.ts";

/** What a command does in a fake container: what it prints, and how it ends. */
export type Behaviour = (
  command: string,
) =>
  | { readonly stdout?: string; readonly stderr?: string; readonly exit?: Exit }
  | Promise<never>
  | undefined;

type Fakes = {
  readonly behaviour?: Behaviour;
  readonly packages?: readonly (readonly [name: string, content?: string])[];
  readonly start?: () => Promise<void>;
  readonly demandImage?: () => Promise<void>;
  readonly demandNetwork?: () => Promise<void>;
  readonly room?: () => Promise<number>;
  readonly size?: () => Promise<number>;
  readonly refused?: () => Promise<readonly string[]>;
  readonly listed?: readonly Listed[];
};

/** The words of a command, without those that only lead its output. */
export const wordsOf = ({ argv }: Command) =>
  (argv[2]?.startsWith("ulimit") ? argv.slice(4) : argv).join(" ");

/** An engine of memory: it remembers what was run and put, and by whom. */
export const fakeEngine = ({
  behaviour,
  packages = [],
  start,
  demandImage = async () => {},
  demandNetwork = async () => {},
  room = async () => Number.POSITIVE_INFINITY,
  size = async () => 0,
  refused = async () => [],
  listed = [],
}: Fakes = {}) => {
  const specs: ContainerSpec[] = [];
  const ran: [user: string, command: string][] = [];
  const files = new Map<string, string>();
  const removed: string[] = [];
  let open = 0;

  const container = (): Container => ({
    async run(command, each) {
      const words = wordsOf(command);
      ran.push([command.user, words]);
      const { stdout, stderr, exit } = (await behaviour?.(words)) ?? {};
      const bytes = (text: string) => new TextEncoder().encode(text);
      if (stdout) each({ stream: "stdout", bytes: bytes(stdout) });
      if (stderr) each({ stream: "stderr", bytes: bytes(stderr) });
      return exit ?? { kind: "exited", code: 0 };
    },
    async put(tar) {
      for await (const { name, content } of membersOf(tar)) {
        const chunks: Uint8Array[] = [];
        for await (const chunk of content) chunks.push(chunk);
        files.set(name, Buffer.concat(chunks).toString());
      }
    },
    processes: async () => 1,
    size,
    refused,
    async take() {
      const members = packages.map(
        ([name, content]) => [`packages/${name}`, content ?? ""] as const,
      );
      return Readable.from([await tarOf([["packages/"], ...members])]);
    },
    async [Symbol.asyncDispose]() {
      open -= 1;
    },
  });

  const engine: Engine = {
    ping: async () => {},
    demandImage,
    demandNetwork,
    room,
    async start(spec) {
      await start?.();
      specs.push(spec);
      open += 1;
      return container();
    },
    list: async () => listed,
    remove: async (id) => void removed.push(id),
  };
  return { engine, specs, ran, files, removed, open: () => open };
};
