import { expect, test } from "vitest";
import { generations } from "#shared/state/repo.ts";
import { signatures } from "#shared/state/signatures.ts";
import { days } from "#shared/time.ts";
import { prune } from "../../../services/signer/prune.ts";
import { insertBuild } from "../../support/builds.ts";
import { makeWorld } from "../../support/world.ts";

const hash = (letter: string) => letter.repeat(64);

test("old signatures go, but for those of what builds made and of the databases that are served", async () => {
  await using world = await makeWorld();
  await insertBuild(world, { artifacts: [{ filename: "a", sha256: hash("a"), bytes: 1 }] });
  await world.state.write(async (tx) => {
    for (const [number, letter] of [[1, "b"] as const, [2, "c"] as const])
      await tx.insert(generations).values({
        number,
        databaseSha256: hash(letter),
        databaseBytes: 1,
        filesSha256: hash("d"),
        filesBytes: 1,
        modifiedAt: number,
        createdAt: number,
      });
    for (const letter of ["a", "b", "c", "d", "e", "f"])
      await tx.insert(signatures).values({
        sha256: hash(letter),
        fingerprint: "A",
        signature: "",
        signedAt: world.now() - (letter === "f" ? days(6) : days(8)),
      });
  });

  await prune(world);

  const left = await world.state.read.select().from(signatures).orderBy(signatures.sha256);
  expect(left.map(({ sha256 }) => sha256[0])).toEqual(["a", "c", "d", "f"]);
});
