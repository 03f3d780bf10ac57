import type { BuildOutcome } from "#shared/messages/build.ts";
import { storeArtifacts } from "./artifacts.ts";
import { capture } from "./capture.ts";
import type { Container } from "./docker/engine.ts";
import type { Attempt } from "./drive.ts";
import { broken, gone } from "./outcome.ts";
import { pkgbuildOf } from "./source.ts";
import { srcinfoCommand } from "./steps.ts";

/** Bytes of a .SRCINFO. */
export const srcinfoLimit = 1024 * 1024;

/** Has makepkg print the .SRCINFO. Never rejects, as it may be under way when the build ends otherwise. */
export const printSrcinfo = async (container: Container) => {
  const [printed] = await Promise.allSettled([capture(container, srcinfoCommand, srcinfoLimit)]);
  return printed;
};

/** Takes from the container what a build left, into the blob store. */
export const collect = async (
  {
    container,
    blobs,
    request,
    output,
  }: Pick<Attempt, "container" | "blobs" | "request" | "output">,
  srcinfoPrinted: ReturnType<typeof printSrcinfo>,
): Promise<BuildOutcome> => {
  const [printed, [taken]] = await Promise.all([
    srcinfoPrinted,
    Promise.allSettled([
      container.take("/build/packages").then((tar) => storeArtifacts(blobs, tar)),
    ]),
  ]);
  if (printed.status === "rejected") throw printed.reason;
  const { exit, stdout, stderr } = printed.value;
  if (exit.kind === "gone") return gone("packages");
  output.write(stderr);
  if (exit.code !== 0) return { kind: "failed", step: "packages", exitCode: exit.code };
  if (stdout.byteLength > srcinfoLimit)
    return broken("packages", "the .SRCINFO of what was built is over 1 MiB");

  if (taken.status === "rejected") throw taken.reason;
  const artifacts = taken.value;
  if (artifacts.length === 0)
    return broken("packages", "makepkg ended well but left no package in /build/packages");
  const [srcinfo, pkgbuild] = await Promise.all([
    blobs.put(stdout),
    pkgbuildOf(blobs, request.source),
  ]);
  return { kind: "built", artifacts, srcinfo, pkgbuild };
};
