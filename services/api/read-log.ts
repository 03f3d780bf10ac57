import { promisify } from "node:util";
import { zstdDecompress } from "node:zlib";
import type { Follow } from "#shared/bus/bus.ts";
import { Fault } from "#shared/fault.ts";
import { buildOutput } from "#shared/messages/build.ts";
import type { BuildId } from "#shared/model.ts";
import { seconds } from "#shared/time.ts";
import type { Api } from "./context.ts";
import { silenceAfter } from "./silence.ts";
import type { BuildRow } from "./store/builds.ts";

const decompress = promisify(zstdDecompress);

/** Bytes a log may have when unpacked: several times what a builder writes. */
const largest = 64 * 1024 * 1024;

/** Milliseconds of silence after which a running build's output counts as read, and at most. */
const patience = { quiet: 150, whole: seconds(3) };

/** The log of a build that is done, or what a running one has printed so far. */
export const readLog = async (
  { blobs, follow }: Pick<Api, "blobs" | "follow">,
  { id, state, logSha256 }: Pick<BuildRow, "id" | "state" | "logSha256">,
) => {
  if (logSha256 !== null) return unpackLog(blobs, logSha256);
  if (state !== "running") throw new Fault("missing", "build does not have any logs");
  return readOutput(follow, id);
};

/** The text of a whole log. */
export const unpackLog = async (blobs: Api["blobs"], sha256: string) => {
  const packed = await blobs.bytes(sha256).catch(unreadable);
  const text = await decompress(packed, { maxOutputLength: largest });
  return new TextDecoder().decode(text);
};

/** Who asks for a log can do nothing about its blob. */
const unreadable = (error: unknown): never => {
  if (!(error instanceof Fault)) throw error;
  throw new Fault("unavailable", `the log cannot be read: ${error.message}`, { cause: error });
};

/** A stream of output has no end to wait for, so it is read until it falls silent. */
const readOutput = async (follow: Follow, build: BuildId) => {
  const attempts = new Map<number, string[]>();
  const silence = silenceAfter(patience.quiet, patience.whole);
  await using _ = await follow(
    buildOutput,
    "start",
    ({ startedAt, index, text }) => {
      const chunks = attempts.get(startedAt) ?? [];
      attempts.set(startedAt, chunks);
      chunks[index] = text;
      silence.heard();
    },
    { build },
  );
  await silence.begun();
  const newest = Math.max(...attempts.keys());
  return (attempts.get(newest) ?? []).join("");
};
