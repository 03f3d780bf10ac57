import { randomUUID } from "node:crypto";
import * as v from "valibot";
import { BuildId, Pkgbase, Pkgname, SessionId } from "#shared/model.ts";
import { buildArtifacts, builds } from "#shared/state/builds.ts";
import type { State } from "#shared/state/state.ts";

type Built = { readonly filename: string; readonly sha256: string; readonly bytes: number };

type Options = {
  readonly pkgbase?: string;
  readonly pkgnames?: readonly string[];
  readonly version?: string;
  readonly arch?: string;
  readonly devel?: boolean;
  readonly state?: typeof builds.$inferInsert.state;
  readonly artifacts?: readonly Built[];
  readonly srcinfoSha256?: string;
  readonly pkgbuildSha256?: string;
};

type Place = { readonly state: State; now(): number };

/** The rows that a build leaves which is now to be published, or in another state. */
export const insertBuild = async (
  { state, now }: Place,
  {
    pkgbase: name = "foo",
    pkgnames = [name],
    version = "1.0-1",
    arch = "x86_64",
    devel = false,
    artifacts = [],
    ...rest
  }: Options,
) => {
  const id = v.parse(BuildId, randomUUID());
  const pkgbase = v.parse(Pkgbase, name);
  const orderedAt = now() + (await state.read.$count(builds));
  const row: typeof builds.$inferInsert = {
    id,
    session: v.parse(SessionId, randomUUID()),
    pkgbase,
    arch,
    orderedAt,
    sourceState: `state of ${id}`,
    request: {
      build: id,
      arch,
      pkgbase,
      source: { sha256: "0".repeat(64), bytes: 0 },
      version,
      devel,
      pkgnames: pkgnames.map((pkgname) => v.parse(Pkgname, pkgname)),
      dependencies: [],
      hasSources: true,
      srcinfo: null,
      flags: [],
      prepare: null,
      sourceDateEpoch: 0,
      keys: [],
      repository: null,
      pkgrel: null,
    },
    state: rest.state ?? "publishing",
    srcinfoSha256: rest.srcinfoSha256 ?? null,
    pkgbuildSha256: rest.pkgbuildSha256 ?? null,
  };
  await state.write(async (tx) => {
    await tx.insert(builds).values(row);
    for (const { filename, sha256, bytes } of artifacts)
      await tx.insert(buildArtifacts).values({ build: id, filename, sha256, bytes });
  });
  return id;
};
