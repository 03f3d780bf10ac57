import { and, eq, isNull, ne, or } from "drizzle-orm";
import type { BuildId, Pkgbase } from "#shared/model.ts";
import { buildArtifacts, builds } from "#shared/state/builds.ts";
import { findAddedAt } from "#shared/state/packages.ts";
import { artifacts, publications, retiredFiles } from "#shared/state/repo.ts";
import { signatures, signingKeys } from "#shared/state/signatures.ts";
import type { Reader, Transaction } from "#shared/state/state.ts";

export const findBuild = async (read: Reader, id: BuildId) => {
  const [row] = await read.select().from(builds).where(eq(builds.id, id));
  return row;
};

export type Build = NonNullable<Awaited<ReturnType<typeof findBuild>>>;

export const readBuilt = (read: Reader, build: BuildId) =>
  read
    .select()
    .from(buildArtifacts)
    .where(eq(buildArtifacts.build, build))
    .orderBy(buildArtifacts.filename);

export const findPublication = async (read: Reader, pkgbase: Pkgbase) => {
  const [row] = await read.select().from(publications).where(eq(publications.pkgbase, pkgbase));
  return row;
};

export const readPackagesOf = (read: Reader, pkgbase: Pkgbase) =>
  read
    .select({
      pkgname: artifacts.pkgname,
      version: artifacts.version,
      filename: artifacts.filename,
      sha256: artifacts.sha256,
    })
    .from(artifacts)
    .where(eq(artifacts.pkgbase, pkgbase))
    .orderBy(artifacts.pkgname);

/** Why a build may not be published, if so: another end came first. */
export const obstacleTo = async (
  tx: Pick<Transaction, "select">,
  { id, pkgbase }: Pick<Build, "id" | "pkgbase">,
) => {
  const [build] = await tx
    .select({ state: builds.state, orderedAt: builds.orderedAt })
    .from(builds)
    .where(eq(builds.id, id));
  if (build?.state !== "publishing") return `its build is ${build?.state ?? "gone"}`;
  const addedAt = await findAddedAt(tx, pkgbase);
  return addedAt !== undefined && addedAt <= build.orderedAt
    ? undefined
    : "the package has been removed";
};

/** Packages in the repository without a signature by the key in use, and the builds that made them. */
export const readUnsigned = (read: Reader) =>
  read
    .select({
      artifact: artifacts,
      build: publications.build,
    })
    .from(artifacts)
    .innerJoin(publications, eq(publications.pkgbase, artifacts.pkgbase))
    .innerJoin(signingKeys, eq(signingKeys.id, 1))
    .leftJoin(
      signatures,
      and(
        eq(signatures.sha256, artifacts.sha256),
        eq(signatures.fingerprint, signingKeys.fingerprint),
      ),
    )
    .where(
      or(
        isNull(signatures.signature),
        isNull(artifacts.signature),
        ne(artifacts.signature, signatures.signature),
      ),
    );

export const findKey = async (read: Reader) => {
  const [row] = await read.select().from(signingKeys);
  return row;
};

/** The signature of a blob by one key, base64. */
export const findSignature = async (read: Reader, sha256: string, fingerprint: string) => {
  const [row] = await read
    .select({ signature: signatures.signature })
    .from(signatures)
    .where(and(eq(signatures.sha256, sha256), eq(signatures.fingerprint, fingerprint)));
  return row?.signature;
};

export const readRetired = (read: Reader) => read.select().from(retiredFiles);
