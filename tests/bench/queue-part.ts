import { Readable } from "node:stream";
import { setTimeout as after } from "node:timers/promises";
import { host } from "#shared/service/host.ts";
import { machine } from "#shared/service/machine.ts";
import { membersOf } from "#shared/tar-members.ts";
import { all } from "../../services/all.ts";
import { openWith } from "../../services/builder/context.ts";
import type { Engine } from "../../services/builder/docker/engine.ts";
import { builder } from "../../services/builder/service.ts";
import { tarOf } from "../support/archive.ts";
import { wordsOf } from "../support/fake-containers.ts";
import { makePackage } from "../support/repo.ts";
import { silentLog } from "../support/world.ts";

// A process of the queue's bench: a builder whose containers are simulated, or all services but builder and verifier.
// Run by tests/bench/queue.ts.

const [part, milliseconds = "250"] = process.argv.slice(2);

/** Its containers do nothing but take their time, and leave a package. */
const simulated: Engine = {
  ping: async () => {},
  demandImage: async () => {},
  demandNetwork: async () => {},
  room: async () => Number.POSITIVE_INFINITY,
  async start({ labels }) {
    const pkgbase = labels["kiln.pkgbase"] ?? "";
    return {
      async run(command) {
        if (wordsOf(command).startsWith("makepkg --force")) await after(Number(milliseconds));
        return { kind: "exited", code: 0 };
      },
      async put(tar) {
        for await (const { content } of membersOf(tar)) for await (const _ of content);
      },
      processes: async () => 1,
      size: async () => 0,
      refused: async () => [],
      async take() {
        const { filename, bytes } = await makePackage({ pkgbase, version: "1-1", arch: "any" });
        return Readable.from([await tarOf([["packages/"], [`packages/${filename}`, bytes]])]);
      },
      [Symbol.asyncDispose]: async () => {},
    };
  },
  list: async () => [],
  remove: async () => {},
};

const parts =
  part === "builder"
    ? [
        {
          ...builder,
          open: (base: Parameters<typeof builder.open>[0]) => openWith(simulated, base),
        },
      ]
    : all.filter(({ name }) => name !== "builder" && name !== "verifier");

await using hosted = await host(parts, process.env, { log: silentLog, now: Date.now, ...machine });
console.log(hosted.url);
await new Promise((resolve) => process.once("SIGTERM", resolve));
