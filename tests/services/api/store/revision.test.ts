import { join } from "node:path";
import * as v from "valibot";
import { expect, test } from "vitest";
import { BuildId, SessionId } from "#shared/model.ts";
import { openState } from "#shared/state/open.ts";
import type { State } from "#shared/state/state.ts";
import {
  addPackages,
  deleteHidden,
  hidePackage,
  settleOwed,
} from "../../../../services/api/store/packages.ts";
import { revisionReader } from "../../../../services/api/store/revision.ts";
import { commitGeneration } from "../../../../services/repo/store/commit.ts";
import {
  changeBuild,
  deleteBuild,
  deleteBuildsOf,
} from "../../../../services/scheduler/store/builds.ts";
import { insertSession } from "../../../../services/scheduler/store/sessions.ts";
import { insertPackage } from "../../../support/rows.ts";
import { makeWorld } from "../../../support/world.ts";

/** A package with a pending build, and the tables as another process has them. */
const setup = async () => {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await makeWorld());
  const { pkgbase, source } = await insertPackage(world.state, "foo");
  const build = v.parse(BuildId, crypto.randomUUID());
  const session = v.parse(SessionId, crypto.randomUUID());
  const terms = { reason: "manual", resolve: true, force: false, orderedAt: 1 } as const;
  const order = { session: { id: session, ...terms }, wanted: [{ pkgbase, build }], arch: "any" };
  await insertSession(world.state, order);
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
      addPackages(state, [{ pkgbase, source, devel: true, dependency: false }], {
        ...{ replace: true, enabled: true },
        owed: { at: 1, build: true, resolve: true },
      }),
  ],
  ["a package that leaves", (state, { pkgbase }) => hidePackage(state, pkgbase, 1)],
  ["a package that is gone", (state, { pkgbase }) => deleteHidden(state, pkgbase, 1)],
  ["an add that is told", (state, { source }) => settleOwed(state, [{ source }])],
  [
    "an order",
    (state, { order, pkgbase }) =>
      insertSession(state, {
        ...order,
        session: { ...order.session, id: v.parse(SessionId, crypto.randomUUID()) },
        wanted: [{ pkgbase, build: v.parse(BuildId, crypto.randomUUID()) }],
      }),
  ],
  [
    "a build's end",
    (state, { build }) => changeBuild(state, build, ["pending"], { state: "success", endedAt: 2 }),
  ],
  ["a build that had nothing to do", (state, { build }) => deleteBuild(state, build)],
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
  await write(there.theirs, there);

  expect(await read()).not.toBe(before);
});

test("while nobody writes, the revision stays", async () => {
  await using there = await setup();
  const read = revisionReader(there.mine.read);

  expect(await read()).toBe(await read());
});
