import type { Blobs } from "#shared/blobs/blobs.ts";
import type { Pkgname } from "#shared/model.ts";
import { encodeFrame, endFrame } from "#shared/pacman/database-frame.ts";
import { type Entry, parseDesc, parseFiles } from "#shared/pacman/desc.ts";
import type { Repo } from "./context.ts";
import type { NextFrame } from "./frames.ts";
import type { ArtifactRow, WrittenFrame } from "./store/commit.ts";
import { readEntries } from "./store/current.ts";

type Hashes = { readonly databaseSha256: string; readonly filesSha256: string };

/** Encodes the frames that change; what others hold is not even read. */
export const writeFrames = async (
  { blobs, state }: Pick<Repo, "blobs" | "state">,
  planned: readonly NextFrame<Pkgname>[],
  put: readonly ArtifactRow[],
): Promise<WrittenFrame[]> => {
  const come = new Map(put.map((row) => [row.pkgname, row]));
  const written: WrittenFrame[] = [];
  for (const { kind, pkgnames } of planned) {
    if (kind === "kept") continue;
    const there = pkgnames.filter((pkgname) => !come.has(pkgname));
    const known = new Map([...(await readEntries(state.read, there)), ...come]);
    const rows = pkgnames.flatMap((pkgname) => known.get(pkgname) ?? []);
    const entries = await Promise.all(rows.map((row) => entryOf(blobs, row)));
    const database = await blobs.put(encodeFrame(entries, "db"));
    const files = await blobs.put(encodeFrame(entries, "files"));
    written.push({ pkgnames, databaseSha256: database.sha256, filesSha256: files.sha256 });
  }
  return written;
};

/** The blobs of all frames, in order. */
export const piecesOf = (
  planned: readonly NextFrame<Pkgname>[],
  frames: readonly (Hashes & { readonly id: number })[],
  written: readonly WrittenFrame[],
): Hashes[] => {
  const byId = new Map(frames.map((frame) => [frame.id, frame]));
  const byFirst = new Map(written.map((frame) => [frame.pkgnames[0], frame]));
  return planned.map((frame) => {
    const piece = frame.kind === "kept" ? byId.get(frame.id) : byFirst.get(frame.pkgnames[0]);
    if (!piece) throw new Error(`no frame of ${frame.pkgnames[0]}`);
    return piece;
  });
};

/** Puts a database together from its frames. */
export const putDatabase = (blobs: Blobs, pieces: readonly string[]) =>
  blobs.put(concatenate(blobs, pieces));

async function* concatenate(blobs: Blobs, pieces: readonly string[]) {
  for (const sha256 of pieces) yield await blobs.bytes(sha256);
  yield endFrame;
}

type Row = Pick<ArtifactRow, "pkgname" | "version" | "desc" | "filesSha256">;

const entryOf = async (
  blobs: Blobs,
  { pkgname, version, desc, filesSha256 }: Row,
): Promise<Entry> => ({
  directory: `${pkgname}-${version}`,
  desc: parseDesc(desc),
  files: parseFiles(Buffer.from(await blobs.bytes(filesSha256)).toString("utf8")),
});
