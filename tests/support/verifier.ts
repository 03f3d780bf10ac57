import { chmod, writeFile } from "node:fs/promises";
import * as v from "valibot";
import {
  orderRebuild,
  type RebuildOutcome,
  rebuildFinished,
  rebuildRequested,
} from "#shared/messages/rebuild.ts";
import { repoPublished } from "#shared/messages/repo.ts";
import { BuilderName } from "#shared/model.ts";
import { start } from "#shared/service/start.ts";
import { rebuilds } from "#shared/state/rebuilds.ts";
import type { Verifier } from "../../services/verifier/context.ts";
import { verifier } from "../../services/verifier/service.ts";
import { publishPackage } from "./published.ts";
import { makeWorld } from "./world.ts";

export const log = { sha256: "d".repeat(64), bytes: 3 };

export const builder = v.parse(BuilderName, "host-b");

/** A verifier, and a published package of what it is told. */
export const startVerifier = async ({
  environment = {},
  ...options
}: Parameters<typeof publishPackage>[2] & {
  environment?: Readonly<Record<string, string>>;
} = {}) => {
  const world = await makeWorld();
  const published = await publishPackage(world, "app", options);
  const seen: Verifier[] = [];
  const open: typeof verifier.open = async (base) => {
    seen.push(base);
    return {};
  };
  const running = await start({ ...verifier, open }, environment, world);
  const [context] = seen;
  if (!context) throw new Error("the verifier was not opened");
  const { pkgbase, build, files } = published;
  const say = () =>
    world.publish(repoPublished, {
      ...{ build, pkgbase, arch: "x86_64", generation: 1, at: world.now() },
      packages: [],
    });
  const order = () => world.ask(orderRebuild, { pkgbase, rebuild: crypto.randomUUID() });
  const requested = () => {
    const request = world.bus.sent(rebuildRequested).at(-1);
    if (!request) throw new Error("no rebuild was requested");
    return request;
  };
  const finish = (outcome: RebuildOutcome) => {
    const { rebuild, arch } = requested();
    const by = { builder, startedAt: 5, at: world.now(), log };
    return world.publish(rebuildFinished, { rebuild, pkgbase, arch, ...by, outcome });
  };
  /** Tells that these files were made, of the content given or of that published. */
  const finishWith = async (contents: Readonly<Record<string, string | undefined>> = {}) => {
    const artifacts = [];
    for (const { filename, content, blob } of files) {
      const other = contents[filename];
      if (filename in contents && other === undefined) continue;
      const made = other === undefined ? content : Buffer.concat([content, Buffer.from(other)]);
      artifacts.push({ filename, blob: other === undefined ? blob : await world.blobs.put(made) });
    }
    await finish({ kind: "rebuilt", artifacts });
  };
  const verdicts = async () => {
    const rows = await world.state.read.select().from(rebuilds);
    return rows.map(({ status, message }) => [status, message]);
  };
  return {
    ...{ world, context, ...published, say, order, requested, finish, finishWith, verdicts },
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
    },
  };
};

export type Verified = Awaited<ReturnType<typeof startVerifier>>;

/** Flips a bit of a served file, where it lies. */
export const damage = async ({ world, files }: Verified, index = 0) => {
  const { content, blob } = files[index] ?? { content: Buffer.alloc(0), blob: { sha256: "" } };
  const other = Buffer.from(content);
  other[other.length - 1] = (other.at(-1) ?? 0) ^ 1;
  const place = world.blobs.placeOf(blob.sha256);
  await chmod(place, 0o644);
  await writeFile(place, other);
};
