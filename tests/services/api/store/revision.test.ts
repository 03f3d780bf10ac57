import { join } from "node:path";
import * as v from "valibot";
import { expect, test } from "vitest";
import { BuildId, SessionId } from "#shared/model.ts";
import { openState } from "#shared/state/open.ts";
import type { State } from "#shared/state/state.ts";
import { changePackage } from "../../../../services/api/change-package.ts";
import { revisionReader } from "../../../../services/api/store/revision.ts";
import { commitGeneration } from "../../../../services/repo/store/commit.ts";
import { changeBuild } from "../../../../services/scheduler/change-build.ts";
import { deleteBuildsOf } from "../../../../services/scheduler/store/builds.ts";
import { writeBuilds } from "../../../../services/scheduler/store/write-builds.ts";
import { memoryMeasure } from "../../../support/memory-measure.ts";
import { insertOrder, insertPackage, withoutMessages } from "../../../support/rows.ts";
import { makeWorld } from "../../../support/world.ts";

const now = () => 1;

/** A package with a pending build, and the tables as another process has them. */
const setup = async () => {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await makeWorld());
  const { pkgbase, source } = await insertPackage(world.state, "foo");
  const build = v.parse(BuildId, crypto.randomUUID());
  const session = v.parse(SessionId, crypto.randomUUID());
  const terms = { reason: "manual", resolve: true, force: false, orderedAt: 1 } as const;
  const order = { session: { id: session, ...terms }, wanted: [{ pkgbase, build, source }] };
  await writeBuilds(world.state, (transaction) => insertOrder(transaction, order));
  const theirs = stack.use(await openState(`file:${join(world.directory, "state.db")}`));
  const resources = stack.move();
  return {
    ...{ mine: world.state, theirs, pkgbase, source, build, order },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

type Setup = Awaited<ReturnType<typeof setup>>;

const generation = { databaseSha256: "", databaseBytes: 0, filesSha256: "", filesBytes: 0 };
const nothing = { put: [], taken: [], droppedFrames: [], writtenFrames: [] };

test.each<[what: string, write: (state: State, there: Setup) => Promise<unknown>]>([
  [
    "an add",
    (state, { source, pkgbase }) =>
      changePackage({ state, now }, pkgbase, {
        kind: "added",
        proposed: {
          pkgbase,
          spec: { type: "cli" },
          specHash: "",
          source,
          devel: true,
          dependency: false,
        },
        replace: true,
      }),
  ],
  [
    "a package that leaves",
    (state, { pkgbase }) => changePackage({ state, now }, pkgbase, { kind: "removed" }),
  ],
  [
    "a package that is gone",
    (state, { pkgbase }) =>
      changePackage({ state, now }, pkgbase, { kind: "retired", removedAt: 1 }),
  ],
  [
    "an order",
    (state, { order, pkgbase, source }) =>
      writeBuilds(state, (transaction) =>
        insertOrder(transaction, {
          session: { ...order.session, id: v.parse(SessionId, crypto.randomUUID()) },
          wanted: [{ pkgbase, build: v.parse(BuildId, crypto.randomUUID()), source }],
        }),
      ),
  ],
  [
    "a build's end",
    (state, { build }) =>
      changeBuild({ state, now, measure: memoryMeasure() }, build, {
        kind: "cancelled",
        message: "no",
      }),
  ],
  [
    "a build that had nothing to do",
    (state, { build }) =>
      changeBuild({ state, now, measure: memoryMeasure() }, build, { kind: "unneeded" }),
  ],
  ["builds that are forgotten", (state, { pkgbase }) => deleteBuildsOf(state, pkgbase)],
  [
    "a publication",
    (state) =>
      commitGeneration(state, { after: 0, ...nothing, generation }, 1, async () => undefined),
  ],
])("%s in another process is another revision", async (_what, write) => {
  await using there = await setup();
  const read = revisionReader(there.mine.read);

  const before = await read();
  await write(withoutMessages(there.theirs), there);

  expect(await read()).not.toBe(before);
});

test("while nobody writes, the revision stays", async () => {
  await using there = await setup();
  const read = revisionReader(there.mine.read);

  expect(await read()).toBe(await read());
});
