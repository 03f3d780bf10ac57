import { Fault } from "#shared/fault.ts";
import type { BuildOutcome } from "#shared/messages/build.ts";
import type { BlobReference } from "#shared/model.ts";
import { abortable } from "#shared/pause.ts";
import { storeArtifacts } from "./artifacts.ts";
import { capture } from "./capture.ts";
import type { Attempt } from "./drive.ts";
import { broken, gone } from "./outcome.ts";
import { pkgbuildOf } from "./source.ts";
import { srcinfoCommand } from "./steps.ts";
import { untilKept } from "./until-kept.ts";

type Collected = Pick<Attempt, "container" | "blobs" | "pause" | "request" | "output" | "stopped">;

/** Bytes of a .SRCINFO. */
export const srcinfoLimit = 1024 * 1024;

/** Takes from the container what a build left, into the blob store. */
export const collect = async (attempt: Collected): Promise<BuildOutcome> => {
  const { blobs, request } = attempt;
  const [srcinfo, taken] = await Promise.allSettled([
    request.srcinfo ?? printSrcinfo(attempt),
    takePackages(attempt),
  ]);
  if (srcinfo.status === "rejected") throw srcinfo.reason;
  if ("kind" in srcinfo.value) return srcinfo.value;

  if (taken.status === "rejected") throw taken.reason;
  const artifacts = taken.value;
  const pkgbuild = await pkgbuildOf(blobs, request.source);
  return { kind: "built", artifacts, srcinfo: srcinfo.value, pkgbuild };
};

/** The packages that makepkg left; `Fault` missing where there are none. */
export const takePackages = async ({
  container,
  blobs,
  pause,
  output,
  stopped,
}: Omit<Collected, "request">) => {
  const take = async () => {
    const tar = await container.take("/build/packages");
    try {
      return await abortable(storeArtifacts(blobs, tar), stopped);
    } finally {
      // The engine removes no container whose files are still being read.
      tar.destroy();
    }
  };
  const artifacts = await untilKept(pause, take, stopped, (reason) =>
    output.say(`waiting: ${reason}`),
  );
  if (artifacts.length > 0) return artifacts;
  throw new Fault("missing", "makepkg ended well but left no package in /build/packages");
};

/** The .SRCINFO as it is after the build, or the outcome where there is none. */
const printSrcinfo = async ({
  container,
  blobs,
  pause,
  output,
  stopped,
}: Collected): Promise<BlobReference | BuildOutcome> => {
  const { exit, stdout, stderr } = await capture(container, srcinfoCommand, srcinfoLimit);
  if (exit.kind === "gone") return gone("packages");
  output.write(stderr);
  if (exit.code !== 0) return { kind: "failed", step: "packages", exitCode: exit.code };
  if (stdout.byteLength > srcinfoLimit)
    return broken("packages", "the .SRCINFO of what was built is over 1 MiB");
  return untilKept(pause, () => blobs.put(stdout), stopped);
};
