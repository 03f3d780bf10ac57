import { expect, test } from "vitest";
import { signatures } from "#shared/state/signatures.ts";
import { makeWorld } from "../../support/world.ts";

test("twenty writes at once lose nothing", async () => {
  await using world = await makeWorld();
  const { state } = world;

  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      state.write(async (transaction) => {
        const before = await transaction.$count(signatures);
        await transaction
          .insert(signatures)
          .values({ sha256: `${index}`, fingerprint: `${before}`, signature: "", signedAt: 0 });
      }),
    ),
  );

  const rows = await state.read.select().from(signatures);
  const seen = rows.map(({ fingerprint }) => Number(fingerprint)).sort((a, b) => a - b);
  expect(seen).toEqual(Array.from({ length: 20 }, (_, index) => index));
});
