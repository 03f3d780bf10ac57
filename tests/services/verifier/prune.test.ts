import * as v from "valibot";
import { expect, test } from "vitest";
import { BuildId, Pkgname, RebuildId } from "#shared/model.ts";
import { rebuildArtifacts, rebuilds } from "#shared/state/rebuilds.ts";
import { days } from "#shared/time.ts";
import { prune } from "../../../services/verifier/prune.ts";
import { startVerifier, type Verified } from "../../support/verifier.ts";

type Row = Partial<typeof rebuilds.$inferInsert>;

const idOf = (number: number) =>
  v.parse(RebuildId, `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`);

/** Rebuilds of earlier builds of the package, oldest first, each with a log and an artifact. */
const insert = async ({ world, pkgbase }: Verified, rows: readonly Row[]) =>
  world.state.write(async (tx) => {
    for (const [number, row] of rows.entries()) {
      await tx.insert(rebuilds).values({
        id: idOf(number),
        pkgbase,
        arch: "x86_64",
        build: v.parse(BuildId, crypto.randomUUID()),
        version: "1-1",
        reason: "manual",
        status: "GOOD",
        orderedAt: number,
        endedAt: number,
        logSha256: "d".repeat(64),
        logBytes: 1,
        ...row,
      });
      await tx.insert(rebuildArtifacts).values({
        rebuild: idOf(number),
        filename: "a",
        pkgname: v.parse(Pkgname, "app"),
        sha256: "e".repeat(64),
        bytes: 1,
        status: "GOOD",
      });
    }
  });

const left = async ({ world }: Verified) => {
  const rows = await world.state.read.select().from(rebuilds).orderBy(rebuilds.orderedAt);
  return rows.map(({ id, logSha256 }) => [Number(id.slice(-12)), logSha256 !== null]);
};

test("the newest rebuilds of a package stay, an unfinished one, and the newest of what is published", async () => {
  await using it = await startVerifier({ environment: { KEEP_BUILDS: "2" } });
  await insert(it, [{ build: it.build }, { build: it.build }, {}, { status: null }, {}, {}]);

  await prune(it.context);

  expect((await left(it)).map(([number]) => number)).toEqual([1, 3, 4, 5]);
  expect(await it.world.state.read.$count(rebuildArtifacts)).toBe(4);
});

test("logs go by their age, but for the last that was not GOOD and that of what is published", async () => {
  await using it = await startVerifier();
  const young = it.world.now() - days(89);
  await insert(it, [
    { status: "BAD" },
    { status: "FAIL" },
    { build: it.build },
    {},
    { endedAt: young },
  ]);

  await prune(it.context);

  expect(await left(it)).toEqual([
    [0, false],
    [1, true],
    [2, true],
    [3, false],
    [4, true],
  ]);
});
