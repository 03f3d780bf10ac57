import { createHash, randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import type { Blobs } from "#shared/blobs/blobs.ts";
import { openBlobs } from "#shared/blobs/open.ts";
import { BuildId, Pkgbase, SessionId, SourceId } from "#shared/model.ts";
import { encodeFrame } from "#shared/pacman/database-frame.ts";
import { type Entry, formatDesc, formatFiles } from "#shared/pacman/desc.ts";
import { builds, sessions } from "#shared/state/builds.ts";
import { openState } from "#shared/state/open.ts";
import { packages } from "#shared/state/packages.ts";
import { artifacts, frames, publications } from "#shared/state/repo.ts";
import { signatures } from "#shared/state/signatures.ts";
import { sourceChecks, sources } from "#shared/state/sources.ts";
import type { State } from "#shared/state/state.ts";
import { makeKey, openKeys } from "../../services/signer/key.ts";
import { makeEntry } from "../support/entry.ts";
import { srcinfoOf } from "../support/rows.ts";

/** The file that every package of a filled repository is. */
const content = Buffer.from("the file of every package");
const sha256 = createHash("sha256").update(content).digest("hex");
const signature = Buffer.alloc(119, 1).toString("base64");

/** Entries as databases have them, of signed packages. */
export const entriesOf = (count: number): Entry[] =>
  Array.from({ length: count }, (_, i) => {
    const entry = makeEntry(`package-${String(i).padStart(5, "0")}`);
    const { byteLength: csize } = content;
    return { ...entry, desc: { ...entry.desc, csize, sha256sum: sha256, pgpsig: signature } };
  });

type Place = { readonly state: State; readonly blobs: Blobs };

/** Rows and blobs of a repository that holds the entries, as adding, building and publishing each would leave them. */
export const fill = async (
  { state, blobs }: Place,
  entries: readonly Entry[],
  fingerprint: string,
) => {
  await blobs.put(content);
  await state.write((tx) =>
    tx.insert(signatures).values({ sha256, fingerprint, signature, signedAt: 0 }),
  );
  for (let start = 0, frame = 1_000_000; start < entries.length; start += 64, frame++) {
    const part = entries.slice(start, start + 64);
    const database = await blobs.put(encodeFrame(part, "db"));
    const files = await blobs.put(encodeFrame(part, "files"));
    const rows = await Promise.all(
      part.map((entry, at) => rowsOf(blobs, entry, start + at, frame)),
    );
    await state.write(async (tx) => {
      await tx.insert(frames).values({
        ...{ id: frame, firstPkgname: rows[0]?.artifact.pkgname ?? "" },
        ...{ databaseSha256: database.sha256, databaseBytes: database.bytes },
        ...{ filesSha256: files.sha256, filesBytes: files.bytes },
      });
      await tx.insert(artifacts).values(rows.map((row) => row.artifact));
      await tx.insert(publications).values(rows.map((row) => row.publication));
      await tx.insert(sources).values(rows.map((row) => row.source));
      await tx.insert(sourceChecks).values(rows.map((row) => row.check));
      await tx.insert(packages).values(rows.map((row) => row.package));
      await tx.insert(sessions).values(rows.map((row) => row.session));
      await tx.insert(builds).values(rows.flatMap((row) => row.builds));
    });
  }
};

const rowsOf = async (
  blobs: Blobs,
  { desc, files = [] }: Entry,
  position: number,
  frame: number,
) => {
  const { name: pkgname, version, arch, filename } = desc;
  const pkgbase = v.parse(Pkgbase, pkgname);
  const source = v.parse(SourceId, randomUUID());
  const specHash = `spec of ${pkgbase}`;
  const session = v.parse(SessionId, randomUUID());
  const srcinfo = srcinfoOf(pkgbase);
  const each = [0, 1, 2].map((nth) => ({
    ...{ id: v.parse(BuildId, randomUUID()), session, pkgbase, arch: "x86_64", version },
    ...{ state: "success" as const, orderedAt: position * 10 + nth, endedAt: position * 10 + nth },
    measurements: { memoryPeak: 1, cpuUser: 1, cpuSystem: 1, ioRead: 1, ioWritten: 1 },
  }));
  return {
    artifact: {
      ...{
        pkgname,
        pkgbase,
        version,
        arch,
        filename,
        depends: [],
        provides: [],
        sha256,
        signature,
      },
      ...{ bytes: content.byteLength, desc: formatDesc(desc), frame },
      filesSha256: (await blobs.put(Buffer.from(formatFiles(files)))).sha256,
    },
    publication: {
      ...{ pkgbase, build: each[2]?.id ?? v.parse(BuildId, randomUUID()), version, srcinfo },
      ...{ pkgbuild: `pkgname=${pkgname}\n`, sourceState: "one", source, publishedAt: 0 },
    },
    source: {
      ...{ id: source, pkgbase, state: "one", srcinfo, changedAt: 0, fetchedAt: 0 },
      ...{ snapshotSha256: "a".repeat(64), snapshotBytes: 1, specHash, commits: [] },
    },
    check: { pkgbase, specHash, source, checkedAt: 0 },
    package: {
      spec: { type: "git" as const, url: `https://git.example/${pkgname}.git`, devel: false },
      ...{ pkgbase, specHash, addedAt: position, enabled: true, clean: true, private: false },
      ...{ dependency: false, devel: false, srcinfoOverride: false, flags: [] },
    },
    session: { id: session, reason: "manual" as const, resolve: true, force: false, orderedAt: 0 },
    builds: each,
  };
};

/** A data directory as kiln leaves it, with a key and so many packages that are published, of three builds each. */
export const fillDirectory = async (directory: string, count: number) => {
  await mkdir(directory, { recursive: true });
  const armoured = await makeKey("bench", undefined, Date.now() - 60_000);
  await writeFile(join(directory, "sign_key.asc"), armoured, { mode: 0o600 });
  const [key] = await openKeys(armoured, undefined, Date.now());
  await using state = await openState(`file:${join(directory, "state.db")}`);
  const blobs = await openBlobs(`file:${join(directory, "blobs")}`);
  await fill({ state, blobs }, entriesOf(count), key?.certificate.primary.fingerprint ?? "");
};
