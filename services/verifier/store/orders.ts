import { and, desc, eq, isNull } from "drizzle-orm";
import { publication } from "#shared/bus/declare.ts";
import { Fault } from "#shared/fault.ts";
import { rebuildPending } from "#shared/messages/rebuild.ts";
import type { BuildId, Pkgbase, RebuildId } from "#shared/model.ts";
import { builds } from "#shared/state/builds.ts";
import { findAddedAt } from "#shared/state/packages.ts";
import { rebuildArtifacts, rebuilds } from "#shared/state/rebuilds.ts";
import { artifacts, publications } from "#shared/state/repo.ts";
import type { State, Transaction } from "#shared/state/state.ts";
import type { Rebuild } from "./rebuilds.ts";

type Order = { readonly id: RebuildId; readonly pkgbase: Pkgbase; readonly at: number };

/**
 * Writes a rebuild of what is published of a package, and gives it; one of that id, or of the same build without a
 * verdict, is given instead. `Fault` missing where nothing is published.
 */
export const orderManual = (state: State, order: Order) =>
  state.write(async (transaction) => {
    const { id, pkgbase } = order;
    const there = await transaction.select().from(rebuilds).where(eq(rebuilds.id, id)).get();
    if (there) return there;
    const addedAt = await findAddedAt(transaction, pkgbase);
    if (addedAt === undefined)
      throw new Fault("missing", `package with base ${pkgbase} is not added`);
    const published = await findPublished(transaction, pkgbase);
    if (!published)
      throw new Fault("missing", `nothing of package ${pkgbase} is published to be rebuilt`);
    const waiting = await transaction
      .select()
      .from(rebuilds)
      .where(and(eq(rebuilds.build, published.build), isNull(rebuilds.status)))
      .get();
    return waiting ?? insert(transaction, { ...order, addedAt }, published, "manual");
  });

/** Writes the one rebuild that a build gets for being published. Undefined: it is no longer what is served. */
export const orderPublished = (state: State, order: Order, build: BuildId) =>
  state.write(async (transaction) => {
    const { pkgbase } = order;
    const published = await findPublished(transaction, pkgbase);
    const addedAt = await findAddedAt(transaction, pkgbase);
    if (published?.build !== build || addedAt === undefined) return undefined;
    const first = await transaction
      .select()
      .from(rebuilds)
      .where(and(eq(rebuilds.build, build), eq(rebuilds.reason, "published")))
      .get();
    return first ?? insert(transaction, { ...order, addedAt }, published, "published");
  });

const findPublished = async (transaction: Transaction, pkgbase: Pkgbase) =>
  transaction
    .select({ build: builds.id, arch: builds.arch, version: publications.version })
    .from(publications)
    .innerJoin(builds, eq(builds.id, publications.build))
    .where(eq(publications.pkgbase, pkgbase))
    .get();

type Published = NonNullable<Awaited<ReturnType<typeof findPublished>>>;

const insert = async (
  transaction: Transaction,
  { id, pkgbase, at, addedAt }: Order & { readonly addedAt: number },
  published: Published,
  reason: Rebuild["reason"],
): Promise<Rebuild> => {
  const newest = await transaction
    .select({ orderedAt: rebuilds.orderedAt })
    .from(rebuilds)
    .where(eq(rebuilds.pkgbase, pkgbase))
    .orderBy(desc(rebuilds.orderedAt))
    .limit(1)
    .get();
  const row = { id, pkgbase, ...published, reason };
  // Whatever this host's clock says: an older rebuild is one of a package that was removed.
  const orderedAt = Math.max(at, (newest?.orderedAt ?? 0) + 1, addedAt);
  const [rebuild] = await transaction
    .insert(rebuilds)
    .values({ ...row, orderedAt })
    .returning();
  if (!rebuild) throw new Error("a rebuild's insert gave no row");
  const served = await transaction
    .select({
      pkgname: artifacts.pkgname,
      filename: artifacts.filename,
      sha256: artifacts.sha256,
      bytes: artifacts.bytes,
    })
    .from(artifacts)
    .where(eq(artifacts.pkgbase, pkgbase));
  for (const artifact of served)
    await transaction
      .insert(rebuildArtifacts)
      .values({ rebuild: id, ...artifact, status: "UNKWN" });
  await transaction.publish(
    publication(rebuildPending, {
      rebuild: id,
      pkgbase,
      arch: rebuild.arch,
      build: rebuild.build,
      at: orderedAt,
    }),
  );
  return rebuild;
};
