import { randomUUID } from "node:crypto";
import * as v from "valibot";
import {
  type BlobReference,
  BuilderName,
  BuildId,
  type Pkgbase,
  Pkgname,
  SessionId,
} from "#shared/model.ts";
import { buildArtifacts, builds } from "#shared/state/builds.ts";
import { artifacts, publications } from "#shared/state/repo.ts";
import { packageOf } from "./archive.ts";
import { insertPackage } from "./rows.ts";
import type { makeWorld } from "./world.ts";

type World = Awaited<ReturnType<typeof makeWorld>>;

type Options = {
  readonly pkgnames?: readonly string[];
  readonly version?: string;
  readonly installed?: readonly string[];
  /** Of kiln's own repository, as the build saw it. */
  readonly seen?: readonly { readonly filename: string; readonly content: string }[];
  readonly buildinfo?: string;
};

type File = {
  readonly pkgname: string;
  readonly filename: string;
  readonly content: Buffer;
  readonly blob: BlobReference;
};

export const epoch = 1_700_000_000;

export const buildinfoOf = (pkgname: string, version: string, installed: readonly string[]) =>
  [
    "format = 2",
    `pkgname = ${pkgname}`,
    `pkgver = ${version}`,
    "pkgarch = any",
    `builddate = ${epoch}`,
    "builddir = /build/work",
    ...installed.map((it) => `installed = ${it}`),
    "",
  ].join("\n");

/** A package as its build and its publication leave it: rows, and package files in the blob store. */
export const publishPackage = async (
  world: World,
  name: string,
  { pkgnames = [name], version = "1-1", installed = [], seen, buildinfo }: Options = {},
) => {
  const { blobs, clock, state } = world;
  const { pkgbase } = await insertPackage(state, name);
  const build = v.parse(BuildId, randomUUID());
  const files: File[] = [];
  for (const pkgname of pkgnames) {
    const text = buildinfo ?? buildinfoOf(pkgname, version, installed);
    const content = await packageOf(`pkgname = ${pkgname}\npkgver = ${version}\narch = any\n`, [
      ...(text === "" ? [] : [[".BUILDINFO", text] as const]),
      [`usr/share/${pkgname}`, pkgname],
    ]);
    const filename = `${pkgname}-${version}-any.pkg.tar.gz`;
    files.push({ pkgname, filename, content, blob: await blobs.put(content) });
  }
  const packages = [];
  for (const { filename, content } of seen ?? [])
    packages.push({ filename, blob: await blobs.put(Buffer.from(content)) });
  const repository = seen
    ? { name: "serene", generation: 1, databases: [], packages, list: null, publicKey: null }
    : null;
  const source = await blobs.put(Buffer.from(`the source of ${name}`));
  const request = requestOf({ build, pkgbase, version, source, repository });
  await state.write(async (tx) => {
    await tx.insert(builds).values({
      ...{ id: build, pkgbase, arch: "x86_64", request, version },
      session: v.parse(SessionId, randomUUID()),
      state: "success",
      orderedAt: clock.at,
      builder: v.parse(BuilderName, "host-a"),
    });
    await tx.insert(publications).values({
      ...{ pkgbase, build, version, srcinfo: "", pkgbuild: "", sourceState: "one" },
      publishedAt: clock.at,
    });
    for (const { pkgname, filename, blob } of files) {
      await tx.insert(buildArtifacts).values({ build, filename, ...blob });
      await tx.insert(artifacts).values({
        ...{ pkgname: v.parse(Pkgname, pkgname), pkgbase, version, arch: "any", filename, ...blob },
        ...{ depends: [], provides: [], desc: "", filesSha256: "c".repeat(64), frame: 1 },
      });
    }
  });
  return { pkgbase, build, files, source, repository };
};

type Pinned = NonNullable<typeof builds.$inferSelect.request>;

const requestOf = (
  given: Pick<Pinned, "build" | "version" | "source" | "repository"> & {
    readonly pkgbase: Pkgbase;
  },
): Pinned => ({
  ...given,
  arch: "x86_64",
  devel: false,
  srcinfo: null,
  pkgnames: [],
  dependencies: [],
  hasSources: true,
  flags: ["nocheck"],
  prepare: "true",
  keys: [{ fingerprint: "A".repeat(40), armoured: "KEY" }],
  sourceDateEpoch: epoch,
  pkgrel: null,
});
