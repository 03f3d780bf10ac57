import { Readable } from "node:stream";
import type { Container, ContainerSpec, Engine } from "../../services/builder/docker/engine.ts";
import { tarOf } from "./archive.ts";
import { wordsOf } from "./fake-containers.ts";

export type Labels = ContainerSpec["labels"];

/** What containers with these labels leave when every command in them succeeds. */
export type Left = {
  readonly packages: readonly (readonly [filename: string, content: Uint8Array])[];
  /** What `pacman -Qi` prints there. */
  readonly installed: string;
};

/** An engine without containers, and the labels of all that it was asked for. */
export const openPackageEngine = (leave: (labels: Labels) => Promise<Left>) => {
  const started: Labels[] = [];
  const containerOf = ({ packages, installed }: Left): Container => ({
    async run(command, each) {
      if (wordsOf(command) === "pacman -Qi")
        each({ stream: "stdout", bytes: new TextEncoder().encode(installed) });
      return { kind: "exited", code: 0 };
    },
    async put(tar) {
      for await (const _ of tar);
    },
    processes: async () => 1,
    size: async () => 0,
    refused: async () => [],
    async take() {
      const members = packages.map(([name, content]) => [`packages/${name}`, content] as const);
      return Readable.from([await tarOf([["packages/"], ...members])]);
    },
    async [Symbol.asyncDispose]() {},
  });
  const engine: Engine = {
    ping: async () => {},
    demandImage: async () => {},
    demandNetwork: async () => {},
    room: async () => Number.POSITIVE_INFINITY,
    async start({ labels }) {
      started.push(labels);
      return containerOf(await leave(labels));
    },
    list: async () => [],
    remove: async () => {},
  };
  return { engine, started };
};
