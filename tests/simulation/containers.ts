import { Readable } from "node:stream";
import { Fault } from "#shared/fault.ts";
import { endOfArchive, tarMember } from "#shared/pacman/ustar.ts";
import { membersOf } from "#shared/tar-members.ts";
import { seconds } from "#shared/time.ts";
import type {
  Command,
  Container,
  ContainerSpec,
  Engine,
  Exit,
  Listed,
} from "../../services/builder/docker/engine.ts";
import { wordsOf } from "../support/fake-containers.ts";
import type { Kernel, Process } from "./kernel.ts";
import { installedText, packageOf } from "./packages.ts";
import type { Random } from "./random.ts";
import { filesOf, type Recipe, recipeIn } from "./recipes.ts";
import type { Upstream } from "./upstream.ts";

/** A host with a container engine. It outlives the builders on it. */
export type Host = {
  connect(process: Process): Engine;
  /** The engine answers nothing for some milliseconds. */
  leave(milliseconds: number): void;
  /** Labels of the containers that run. */
  running(): readonly ContainerSpec["labels"][];
};

type Parts = {
  readonly kernel: Kernel;
  readonly random: Random;
  readonly upstream: Pick<Upstream, "look">;
  /** A process asks for a container. */
  asked(process: Process, labels: ContainerSpec["labels"]): void;
};

type Box = Listed & { running: boolean; readonly gone: PromiseWithResolvers<void> };

const done: Exit = { kind: "exited", code: 0 };

export const openHost = ({ kernel, random, upstream, asked }: Parts): Host => {
  const boxes = new Map<string, Box>();
  const failed = new Set<string>();
  let count = 0;
  let awayUntil = 0;

  const demandThere = () => {
    if (kernel.clock.now() < awayUntil)
      throw new Fault("unavailable", "the engine does not answer");
  };
  const end = (box: Box) => {
    box.running = false;
    box.gone.resolve();
    boxes.delete(box.id);
  };

  const containerOf = (process: Process, box: Box): Container => {
    const pause = kernel.pauseOf(process);
    const files = new Map<string, string>();
    const act = async (what: string) => {
      await kernel.reach(process, "engine", what, box.id);
      demandThere();
    };
    /** Waits, and says whether the container outlived that. */
    const outlives = async (milliseconds: number) => {
      const over = new AbortController();
      await Promise.race([pause(milliseconds, over.signal), box.gone.promise]);
      over.abort();
      return box.running;
    };
    const recipe = () => recipeIn(files.get("build/source/PKGBUILD") ?? "");

    const build = async ({ fate, pkgbase, version }: Recipe): Promise<Exit> => {
      const lasts = seconds(random.between(1, 40));
      if (fate === "hangs") await box.gone.promise;
      else if (!(await outlives(lasts))) return { kind: "gone" };
      if (fate === "is-killed") end(box);
      if (!box.running) return { kind: "gone" };
      const isFirst = !failed.has(`${pkgbase} ${version}`);
      if (fate === "fails" || (fate === "fails-once" && isFirst)) {
        failed.add(`${pkgbase} ${version}`);
        return { kind: "exited", code: 4 };
      }
      return done;
    };
    const environment: Record<string, string> = {};
    const obey = async (command: Command, print: (text: string) => void): Promise<Exit> => {
      const words = wordsOf(command);
      Object.assign(environment, command.environment);
      if (words.startsWith("makepkg --force")) return build(recipe());
      if (words === "makepkg --printsrcinfo") print(filesOf(recipe()).srcinfo);
      if (words === "pacman -Qi") print(installedText);
      const [, url] = / git ls-remote -- (\S+) HEAD$/.exec(words) ?? [];
      if (url === undefined) return done;
      const looked = upstream.look(url);
      if (looked === undefined) return { kind: "exited", code: 128 };
      print(looked);
      return done;
    };

    return {
      async run(command, each) {
        await act(`run ${wordsOf(command).split(" ", 2).join(" ").slice(0, 20)}`);
        if (!box.running) return { kind: "gone" };
        return obey(command, (text) =>
          each({ stream: "stdout", bytes: new TextEncoder().encode(text) }),
        );
      },
      async put(tar) {
        await act("put");
        for await (const { name, content } of membersOf(tar)) {
          const chunks: Uint8Array[] = [];
          for await (const chunk of content) chunks.push(chunk);
          files.set(name, Buffer.concat(chunks).toString());
        }
      },
      processes: async () => 1,
      size: async () => 0,
      refused: async () => [],
      async take() {
        await act("take");
        const builddate = environment.SOURCE_DATE_EPOCH ?? "0";
        const { filename, content } = packageOf(recipe(), { builddate, attempt: box.id });
        const isEmpty = recipe().fate === "leaves-nothing";
        return Readable.from([
          Buffer.concat([
            tarMember("packages/"),
            ...(isEmpty ? [] : [tarMember(`packages/${filename}`, content)]),
            endOfArchive,
          ]),
        ]);
      },
      async [Symbol.asyncDispose]() {
        await kernel.reach(process, "engine", "remove", box.id);
        end(box);
      },
    };
  };

  return {
    connect: (process) => ({
      ping: async () => demandThere(),
      demandImage: async () => {},
      demandNetwork: async () => {},
      room: async () => Number.POSITIVE_INFINITY,
      async start({ labels }) {
        asked(process, labels);
        await kernel.reach(process, "engine", "start", Object.values(labels).slice(1).join(" "));
        demandThere();
        const box: Box = {
          id: `container-${process.name}-${++count}`,
          labels,
          running: true,
          createdAt: kernel.clock.now(),
          gone: Promise.withResolvers(),
        };
        boxes.set(box.id, box);
        // The engine ends a container when it misses the process that holds its lease.
        process.onDeath(
          () => void kernel.clock.after(seconds(random.between(0, 5)), () => end(box)),
        );
        return containerOf(process, box);
      },
      list: async () => [...boxes.values()],
      async remove(id) {
        await kernel.reach(process, "engine", "remove", id);
        const box = boxes.get(id);
        if (box) end(box);
      },
    }),
    leave(milliseconds) {
      awayUntil = kernel.clock.now() + milliseconds;
    },
    running: () => [...boxes.values()].map(({ labels }) => labels),
  };
};
