import { and, eq, gt, sql } from "drizzle-orm";
import type { BuildId } from "#shared/model.ts";
import { buildArtifacts, builds } from "#shared/state/builds.ts";
import { isOneOf } from "#shared/state/one-of.ts";
import type { Transaction } from "#shared/state/state.ts";
import type { BuildStep } from "../build-life.ts";
import type { NewState } from "./builds.ts";

/** Writes what steps of lives make of the rows of builds. */
export const writeSteps = async (
  transaction: Transaction,
  steps: ReadonlyMap<BuildId, BuildStep>,
) => {
  const gone: BuildId[] = [];
  const changes: Change[] = [];
  for (const [id, { to, made = [], forget, forgetMade }] of steps) {
    if (forgetMade) await transaction.delete(buildArtifacts).where(eq(buildArtifacts.build, id));
    if (forget) gone.push(id);
    else if (to) changes.push({ id, to });
    for (const artifact of made)
      await transaction.insert(buildArtifacts).values({ build: id, ...artifact });
  }
  if (gone.length > 0) await forgetBuilds(transaction, gone);
  const byColumns = Map.groupBy(changes, ({ to }) => Object.keys(to).sort().join(" "));
  for (const alike of byColumns.values()) await updateAlike(transaction, alike);
};

/** The numbers of the builds after them move up: they have no gap. */
const forgetBuilds = async (transaction: Transaction, ids: readonly BuildId[]) => {
  const gone = await transaction
    .delete(builds)
    .where(isOneOf(builds.id, ids))
    .returning({ pkgbase: builds.pkgbase, number: builds.number });
  // The highest numbers first, each package once in a statement.
  const rounds: (typeof gone)[] = [];
  for (const its of Map.groupBy(gone, ({ pkgbase }) => pkgbase).values())
    for (const [round, it] of its.toSorted((a, b) => b.number - a.number).entries())
      rounds[round] = [...(rounds[round] ?? []), it];
  for (const round of rounds)
    await transaction
      .update(builds)
      .set({ number: sql`${builds.number} - 1` })
      .from(sql`json_each(${JSON.stringify(round)}) as gone`)
      .where(
        and(
          eq(builds.pkgbase, sql`json_extract(gone.value, '$.pkgbase')`),
          gt(builds.number, sql`json_extract(gone.value, '$.number')`),
        ),
      );
};

type Change = { readonly id: BuildId; readonly to: NewState };

/** Changes the same columns of several rows by one statement: a server takes some milliseconds for each. */
const updateAlike = async (transaction: Transaction, changes: readonly Change[]) => {
  const columns = Object.keys(changes[0]?.to ?? {});
  if (columns.length === 0) return;
  const values = Object.fromEntries(
    columns.map((column) => [column, sql`json_extract(changed.value, ${`$.to.${column}`})`]),
  );
  await transaction
    .update(builds)
    .set(values)
    .from(sql`json_each(${JSON.stringify(changes)}) as changed`)
    .where(eq(builds.id, sql`json_extract(changed.value, '$.id')`));
};
