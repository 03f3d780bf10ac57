import type * as v from "valibot";
import { Fault } from "#shared/fault.ts";
import type { generateSrcinfo } from "#shared/messages/resolve.ts";
import type { BlobReference } from "#shared/model.ts";
import { abortable, deadline, scopeSignal } from "#shared/pause.ts";
import { reasonIn } from "#shared/show/reasons.ts";
import { seconds } from "#shared/time.ts";
import { capture } from "./capture.ts";
import { containerSpec } from "./container-spec.ts";
import type { Builder } from "./context.ts";
import { untilOver } from "./disk.ts";
import type { Container } from "./docker/engine.ts";
import { formatIdentity } from "./left-over.ts";
import { sourceEntries } from "./source.ts";
import { srcinfoCommand } from "./steps.ts";
import { packTar } from "./tar.ts";

type Answer = v.InferInput<typeof generateSrcinfo.answer>;

/** Milliseconds of waiting and reading together; the asker waits 60 s. */
const timeout = seconds(45);

/** Bytes of an answer as JSON; the bus takes 256 KiB. */
const limit = 192 * 1024;

/** Bytes that reading may write; a source has 64 MiB as SOURCE_LIMIT comes. */
const disk = 512 * 1024 ** 2;

const tooLarge = new Fault("invalid", "the PKGBUILD wrote over 512 MiB while it was read");

/** The end of a log, in characters, of which JSON may make six each. */
const logEnd = limit / 6;

/**
 * Has bash read a PKGBUILD, in a container without network that is thrown away. What cannot be read is an
 * answer; with no engine or no image it is `Fault` unavailable.
 */
export const readPkgbuild = async (
  { blobs, engine, identity, image, limits, now, pause, reading }: Builder,
  { source }: { readonly source: BlobReference },
): Promise<Answer> => {
  using late = deadline(pause, timeout);
  const read = async () => {
    late.signal.throwIfAborted();
    await blobs.file(source.sha256).catch(unreadable);
    await using container = await engine.start(
      containerSpec(image, limits, formatIdentity(identity), { kind: "srcinfo" }, timeout),
    );
    await container.put(packTar(sourceEntries(blobs, source)));
    using watch = scopeSignal();
    const full = untilOver({ pause, now }, container, {
      limit: disk,
      over: tooLarge,
      signal: watch.signal,
    });
    return await abortable(Promise.race([print(container), full]), late.signal);
  };
  try {
    return await reading(read);
  } catch (error) {
    if (late.signal.aborted) return { kind: "failed", log: "reading the PKGBUILD took over 45 s" };
    if (!(error instanceof Fault)) throw error;
    if (error.kind === "invalid") return { kind: "failed", log: error.message };
    throw new Fault("unavailable", error.message, { cause: error });
  }
};

/** A lost or damaged blob says nothing of the PKGBUILD. */
const unreadable = (error: unknown): never => {
  if (!(error instanceof Fault)) throw error;
  throw new Fault("unavailable", `the source cannot be read: ${error.message}`, { cause: error });
};

const print = async (container: Container): Promise<Answer> => {
  const { exit, stdout, stderr } = await capture(container, srcinfoCommand, limit);
  if (exit.kind === "gone")
    return { kind: "failed", log: "the container was killed or removed from outside of kiln" };
  if (exit.code !== 0) {
    const log = textOf(stderr).trim().slice(-logEnd);
    const lines = [log || `makepkg ended with exit code ${exit.code}`, adviceOf(log)];
    return { kind: "failed", log: lines.filter((line) => line !== undefined).join("\n") };
  }
  const srcinfo = textOf(stdout);
  return Buffer.byteLength(JSON.stringify(srcinfo)) > limit
    ? { kind: "failed", log: "the .SRCINFO is over 192 KiB" }
    : { kind: "generated", srcinfo };
};

/** What to do about what a log shows. The container that reads has no network, whatever builds reach. */
const adviceOf = (log: string) => {
  const reason = reasonIn(log.split("\n"));
  return reason?.kind === "network"
    ? "the PKGBUILD uses the network while it is read, where it has none; fetch in source=(), prepare() or pkgver()"
    : reason?.advice;
};

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
