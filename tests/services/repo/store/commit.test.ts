import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { frames, generations, publishedNames } from "#shared/state/repo.ts";
import { days } from "#shared/time.ts";
import { forgetPast } from "../../../../services/repo/store/commit.ts";
import { startRepo } from "../../../support/repo.ts";

test("a generation's frames are known for as long as it is, and a name for ever", async () => {
  await using it = await startRepo({}, { packages: ["foo", "bar"] });
  await it.publish();
  await it.publish({ version: "1.0-2" });
  await it.publish({ version: "1.0-3" });
  const { state, clock } = it.world;
  const lives = async () =>
    (await state.read.select().from(frames).orderBy(frames.id)).map((frame) => [
      frame.addedIn,
      frame.droppedIn,
    ]);
  const before = await lives();

  clock.at += days(2);
  await state.write(async (tx) => {
    // As after so many publishes.
    await tx
      .update(generations)
      .set({ number: sql`${generations.number} + 200` })
      .where(eq(generations.number, 4));
  });
  await forgetPast(state, clock.at);

  expect(before).toEqual([
    [2, 3],
    [3, 4],
    [4, null],
  ]);
  expect(await lives()).toEqual([[4, null]]);
  expect(await state.read.select().from(generations)).toMatchObject([{ number: 204 }]);
  const names = await state.read.select().from(publishedNames).orderBy(publishedNames.filename);
  expect(names.map(({ filename }) => filename)).toEqual([
    "foo-1.0-1-x86_64.pkg.tar.gz",
    "foo-1.0-2-x86_64.pkg.tar.gz",
    "foo-1.0-3-x86_64.pkg.tar.gz",
  ]);
});
