import { expect, test } from "vitest";
import { start } from "#shared/service/start.ts";
import { generations, publications } from "#shared/state/repo.ts";
import { repo } from "../../../services/repo/service.ts";
import { startRepo } from "../../support/repo.ts";

const setup = (packages = ["foo"]) => startRepo({ SIGN_KEY_GENERATE: "true" }, { packages });

test("packages published at the same time are all in, each generation newer by whole seconds", async () => {
  const names = Array.from({ length: 12 }, (_, i) => `package-${i}`);
  await using it = await setup(names);

  await Promise.all(names.map((pkgbase) => it.publish({ pkgbase })));

  expect((await it.entries()).sort()).toEqual(names.map((name) => `${name}-1.0-1`).sort());
  const rows = await it.world.state.read.select().from(generations).orderBy(generations.number);
  const steps = rows.slice(1).map((row, i) => row.modifiedAt - (rows[i]?.modifiedAt ?? 0));
  expect(steps.every((step) => step >= 1000 && step % 1000 === 0)).toBe(true);
});

test("two processes that publish at the same time lose nothing", async () => {
  const names = Array.from({ length: 8 }, (_, i) => `package-${i}`);
  await using it = await setup(names);
  await using _other = await start(repo, { DATA_DIR: it.world.directory }, it.world);

  await Promise.all(names.map((pkgbase) => it.publish({ pkgbase })));

  expect((await it.entries()).sort()).toEqual(names.map((name) => `${name}-1.0-1`).sort());
  expect(await it.world.state.read.$count(publications)).toBe(names.length);
});
