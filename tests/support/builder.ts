import { randomUUID } from "node:crypto";
import { zstdDecompressSync } from "node:zlib";
import * as v from "valibot";
import type { Payload } from "#shared/bus/declare.ts";
import { buildFinished, buildRequested } from "#shared/messages/build.ts";
import { buildOutput } from "#shared/messages/build-output.ts";
import { claimBuild } from "#shared/messages/builder.ts";
import { claimRebuild, rebuildFinished, rebuildRequested } from "#shared/messages/rebuild.ts";
import type { BlobReference, BuildId } from "#shared/model.ts";
import { start } from "#shared/service/start.ts";
import { builder } from "../../services/builder/service.ts";
import { tarOf } from "./archive.ts";
import { inPlaceOfItsOwn } from "./place-of-its-own.ts";
import { makeWorld } from "./world.ts";

export type Request = Payload<typeof buildRequested>;
export type RebuildRequest = Payload<typeof rebuildRequested>;

/** A builder in a world of its own, on the real clock. */
export const startBuilder = async (
  environment: Readonly<Record<string, string | undefined>>,
  { open }: Pick<typeof builder, "open"> = { open: inPlaceOfItsOwn(builder.open) },
) => {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await makeWorld());
  const claims = { go: true };
  await world.bus.answer("scheduler", claimBuild, async () => ({ ...claims }));
  await world.bus.answer("verifier", claimRebuild, async () => ({ ...claims }));
  const running = stack.use(
    await start({ ...builder, open }, environment, { ...world, now: Date.now }),
  );

  const finishOf = (build: BuildId) =>
    world.bus.sent(buildFinished).find((it) => it.build === build);

  /** A log that was kept. */
  const textOf = async (log: BlobReference | null | undefined) =>
    log ? zstdDecompressSync(await world.blobs.bytes(log.sha256)).toString() : "";

  const resources = stack.move();
  return {
    ...world,
    running,
    /** What the scheduler and the verifier answer to claims. */
    claims,
    finishOf,
    /** Puts files into the blob store as a source. */
    source: async (files: Readonly<Record<string, string>>) =>
      world.blobs.put(await tarOf(Object.entries(files))),
    /** Says the request, and gives what is said in the end. */
    async build(request: Request) {
      await world.bus.publish(buildRequested, request);
      return finishOf(request.build);
    },
    /** Says the request, and gives what is said in the end. */
    async rebuild(request: RebuildRequest) {
      await world.bus.publish(rebuildRequested, request);
      return world.bus.sent(rebuildFinished).find((it) => it.rebuild === request.rebuild);
    },
    /** What was said of a build while it ran. */
    outputOf: ({ build }: Request) =>
      world.bus
        .sent(buildOutput)
        .filter((it) => it.build === build)
        .map(({ text }) => text)
        .join(""),
    /** The log that was kept. */
    logOf: (build: BuildId) => textOf(finishOf(build)?.log),
    textOf,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

/** A build of a package as the scheduler would ask for it. */
export const requestOf = (
  source: BlobReference,
  pkgbase: string,
  changes: Partial<v.InferInput<typeof buildRequested.schema>> = {},
): Request =>
  v.parse(buildRequested.schema, {
    build: randomUUID(),
    arch: "x86_64",
    pkgbase,
    source,
    version: "1-1",
    devel: false,
    pkgnames: [pkgbase],
    dependencies: [],
    hasSources: true,
    srcinfo: null,
    flags: [],
    prepare: null,
    sourceDateEpoch: 1_700_000_000,
    repository: null,
    ...changes,
  });

/** A rebuild of what a request built, as the verifier would ask for it. */
export const rebuildOf = (
  { arch, pkgbase, source, sourceDateEpoch, hasSources, flags, prepare }: Request,
  buildinfo: BlobReference,
  changes: Partial<v.InferInput<typeof rebuildRequested.schema>> = {},
): RebuildRequest =>
  v.parse(rebuildRequested.schema, {
    ...{ arch, pkgbase, source, sourceDateEpoch, hasSources, flags, prepare, buildinfo },
    rebuild: randomUUID(),
    extension: ".pkg.tar.zst",
    own: [],
    builtBy: null,
    ...changes,
  });

/** A PKGBUILD that builds `pkgname` 1-1, by these functions and fields. */
export const pkgbuildOf = (pkgname: string, body = "", arch = "any") => `pkgname=${pkgname}
pkgver=1
pkgrel=1
arch=(${arch})
${body}
${/^package\(/m.test(body) ? "" : `package() { install -Dm644 "$startdir/PKGBUILD" "$pkgdir/usr/share/${pkgname}/PKGBUILD"; }`}
`;
export type TestBuilder = Awaited<ReturnType<typeof startBuilder>>;
