import * as v from "valibot";
import { expect, test } from "vitest";
import { type BuildId, Pkgbase, Pkgname, type SessionId } from "#shared/model.ts";
import { readOwnPackages } from "#shared/own-packages.ts";
import { parseConfig } from "#shared/service/config.ts";
import { shareNext, shareRunning } from "#shared/single-flight.ts";
import { artifacts, generations } from "#shared/state/repo.ts";
import { Config } from "../../../services/scheduler/context.ts";
import { ownRepository } from "../../../services/scheduler/own-repository.ts";
import { makeWorld } from "../../support/world.ts";

type Artifact = { readonly depends?: readonly string[]; readonly provides?: readonly string[] };

/** A scheduler beside a repository of these packages, all of version 2-1. */
const setup = async (published: Readonly<Record<string, Artifact>>) => {
  const world = await makeWorld();
  await world.state.write(async (tx) => {
    for (const [name, { depends = [], provides = [] }] of Object.entries(published))
      await tx.insert(artifacts).values({
        ...{ pkgname: v.parse(Pkgname, name), pkgbase: v.parse(Pkgbase, name), version: "2-1" },
        ...{ arch: "any", filename: `${name}-2-1-any.pkg.tar.zst`, depends, provides, desc: "" },
        ...{ sha256: "a".repeat(64), bytes: 1, filesSha256: "b".repeat(64), frame: 1 },
      });
    await tx.insert(generations).values({
      ...{ number: 7, databaseSha256: "c".repeat(64), databaseBytes: 2, modifiedAt: 0 },
      ...{ filesSha256: "d".repeat(64), filesBytes: 3, createdAt: 0 },
    });
  });
  const scheduler = {
    ...world,
    config: parseConfig(Config, {}),
    planning: shareRunning<void, SessionId>(),
    ordering: shareRunning<void, SessionId>(),
    releasing: shareNext<ReadonlyMap<BuildId, unknown>>(),
    look: new Map(),
    grace: 0,
  };
  return {
    select: async (...dependencies: string[]) => {
      const repository = await ownRepository(scheduler, dependencies);
      const files = repository && (await readOwnPackages(world.blobs, repository));
      return files?.map(({ filename }) => filename.replace("-2-1-any.pkg.tar.zst", ""));
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
};

test.each<[dependencies: string[], packages: string[]]>([
  [[], []],
  [["glibc"], []],
  [["app"], ["app", "base", "library"]],
  [["library>=2"], ["base", "library"]],
  [["library>=3"], []],
  [["virtual"], ["provider"]],
  [["virtual=1"], ["provider"]],
  [["virtual>1"], []],
  [["name_with"], ["like"]],
  [["namexwith"], []],
  [["loop"], ["loop", "pool"]],
])("for %j a container gets %j", async (dependencies, packages) => {
  await using it = await setup({
    app: { depends: ["library>=1", "glibc"] },
    library: { depends: ["base"] },
    base: {},
    provider: { provides: ["other", "virtual=1"] },
    like: { provides: ["name_with=1-1"] },
    loop: { depends: ["pool"] },
    pool: { depends: ["loop"] },
    stranger: { provides: ["virtually=1"] },
  });

  expect(await it.select(...dependencies)).toEqual(packages);
});
