import { days } from "#shared/time.ts";
import { databaseFiles, packageOf, type ServedFile } from "./served-files.ts";
import type { ArtifactRow, Committed, NextGeneration } from "./store/commit.ts";
import type { Published } from "./store/current.ts";
import type { View } from "./view.ts";

/** The view after a generation was made from it: the same that the tables would give, without reading them. */
export const nextView = (
  view: View,
  name: string,
  next: NextGeneration,
  committed: Committed,
): View => {
  const { generation, frames: written } = committed;
  const published = publishedAfter(view, next, written);

  const files = new Map(view.files);
  const old = view.generation;
  for (const file of old ? databaseFiles(name, old).keys() : []) files.delete(file);
  for (const row of next.taken) for (const [file] of packageOf(row)) files.delete(file);
  for (const { pkgname } of next.put) {
    const row = published.get(pkgname);
    for (const [file, served] of row ? packageOf(row) : []) files.set(file, served);
  }
  for (const [file, served] of databaseFiles(name, generation)) files.set(file, served);

  const dropped = new Set(next.droppedFrames);
  return {
    number: generation.number,
    generation,
    published,
    frames: new Map([
      ...[...view.frames].filter(([id]) => !dropped.has(id)),
      ...[...written].map(([id, frame]) => [id, { ...frame, id }] as const),
    ]),
    files,
    retired: retiredAfter(view, next, generation.createdAt),
  };
};

const publishedAfter = (
  { published: before }: View,
  { put, taken, publication }: NextGeneration,
  written: Committed["frames"],
) => {
  const published = new Map(before);
  for (const { pkgname } of taken) published.delete(pkgname);
  const come = new Map(put.map((row) => [row.pkgname, row]));
  for (const [frame, { pkgnames }] of written)
    for (const pkgname of pkgnames) {
      const row = come.get(pkgname);
      const stays = published.get(pkgname);
      const publishedAt =
        publication && row?.pkgbase === publication.pkgbase
          ? publication.publishedAt
          : (before.get(pkgname)?.publishedAt ?? 0);
      if (row) published.set(pkgname, publishedOf(row, frame, publishedAt));
      else if (stays) published.set(pkgname, { ...stays, frame });
    }
  return published;
};

const publishedOf = (row: ArtifactRow, frame: number, publishedAt: number): Published => {
  const { pkgname, pkgbase, filename, sha256, bytes, signature = null } = row;
  const { version, depends, provides } = row;
  const file = { pkgname, pkgbase, filename, sha256, bytes, signature };
  return { ...file, version, depends, provides, frame, publishedAt };
};

/** Those that left in the last day: no longer are they in the tables, nor in the directory. */
const retiredAfter = (view: View, { put, taken }: NextGeneration, now: number) => {
  const retired = new Map<string, ServedFile>(
    [...view.retired].filter(([, { retiredAt = 0 }]) => retiredAt >= now - days(1)),
  );
  const forget = (filename: string) => {
    retired.delete(filename);
    retired.delete(`${filename}.sig`);
  };
  for (const row of taken) {
    forget(row.filename);
    for (const [file, served] of packageOf(row, now)) retired.set(file, served);
  }
  for (const { filename } of put) forget(filename);
  return retired;
};
