import { type Payload, publication } from "#shared/bus/declare.ts";
import { Fault } from "#shared/fault.ts";
import { sayable } from "#shared/messages/reason.ts";
import { publishRefused, type publishRequested, repoPublished } from "#shared/messages/repo.ts";
import { parseSrcinfo, versionOf } from "#shared/pacman/srcinfo.ts";
import { seconds } from "#shared/time.ts";
import { changeRepository } from "./change-repository.ts";
import { findDifference } from "./check-artifacts.ts";
import type { Repo } from "./context.ts";
import { publishTime } from "./metrics.ts";
import { readArtifacts } from "./read-artifacts.ts";
import { showCurrent } from "./show-current.ts";
import { signArtifacts } from "./sign-artifacts.ts";
import { currentNumber } from "./store/current.ts";
import {
  type Build,
  findBuild,
  findPublication,
  obstacleTo,
  readBuilt,
  readPackagesOf,
} from "./store/requests.ts";

type Request = Payload<typeof publishRequested>;

/** Takes what a build made into the repository, or says why not; what was served stays then. */
export const publish = async (context: Repo, request: Request) => {
  const begun = context.now();
  const build = await findBuild(context.state.read, request.build);
  if (!build) return context.log.warn("no such build to publish", { build: request.build });
  const publication = await findPublication(context.state.read, build.pkgbase);
  const isNew = publication?.build !== build.id;
  if (isNew) {
    if (build.state !== "publishing") return;
    const reason = await take(context, build).catch(reasonOf);
    if (reason !== undefined) return refuse(context, build, reason);
    context.log.info("published", { build: build.id, pkgbase: build.pkgbase });
  }
  await showCurrent(context);
  const took = Math.max(0, context.now() - begun);
  if (isNew) context.measure.observe(publishTime, {}, took / seconds(1));
  await announce(context, build);
};

/** A request that is given up: an outcome for whoever waits for one. What is served by now was published. */
export const giveUp = async (context: Repo, request: Request, error: unknown) => {
  const build = await findBuild(context.state.read, request.build);
  const publication = build && (await findPublication(context.state.read, build.pkgbase));
  if (build && publication?.build === build.id) return announce(context, build);
  const message = error instanceof Fault ? error.message : "publishing failed; the log says why";
  if (build) await refuse(context, build, message);
};

/** A reason when the build may not be published. */
const take = async (context: Repo, build: Build): Promise<string | undefined> => {
  const { blobs, now, state } = context;
  const obstacle = await obstacleTo(state.read, build);
  if (obstacle !== undefined) return obstacle;
  if (!build.request || !build.srcinfoSha256 || !build.pkgbuildSha256)
    throw new Fault("missing", "the build's record lacks what it was asked for or what it built");

  const text = async (sha256: string) => Buffer.from(await blobs.bytes(sha256)).toString("utf8");
  const srcinfo = await text(build.srcinfoSha256);
  const { pkgbase, pkgnames, arch, devel } = build.request;
  const version = devel ? versionOf(parseSrcinfo(srcinfo)) : build.request.version;
  const promised = { pkgbase, pkgnames, arch, version };
  const built = await readBuilt(state.read, build.id);
  const artifacts = await readArtifacts(context, built, promised);
  const difference = findDifference(promised, artifacts);
  if (difference !== undefined) return difference;

  const changed = await changeRepository(context, {
    pkgbase,
    put: await signArtifacts(context, build.id, pkgbase, artifacts),
    publication: {
      pkgbase,
      build: build.id,
      version,
      srcinfo,
      pkgbuild: await text(build.pkgbuildSha256),
      source: build.source,
      sourceState: build.sourceState ?? "",
      publishedAt: now(),
    },
    permits: (tx) => obstacleTo(tx, build),
  });
  return changed.kind === "refused" ? changed.reason : undefined;
};

/** Faults that no second try mends are reasons. */
const reasonOf = (error: unknown) => {
  if (error instanceof Fault && ["invalid", "missing", "forbidden"].includes(error.kind))
    return error.message;
  throw error;
};

const refuse = async ({ log, now, state }: Repo, build: Build, why: string) => {
  const { id, pkgbase } = build;
  const reason = sayable(why);
  const served = await findPublication(state.read, pkgbase);
  const message = served
    ? `${reason}; ${pkgbase} ${served.version} stays in the repository`
    : `${reason}; nothing of ${pkgbase} is in the repository`;
  log.warn("refused to publish", { build: id, pkgbase, reason });
  await state.write((transaction) =>
    transaction.publish(publication(publishRefused, { build: id, pkgbase, message, at: now() })),
  );
};

/** Written after the plain files show the generation: until then the packages cannot be installed everywhere. */
const announce = async ({ now, state }: Repo, { id, pkgbase, arch }: Build) => {
  const generation = await currentNumber(state.read);
  const packages = await readPackagesOf(state.read, pkgbase);
  const impact = (await findPublication(state.read, pkgbase))?.impact ?? null;
  const at = now();
  await state.write((transaction) =>
    transaction.publish(
      publication(repoPublished, { build: id, pkgbase, arch, generation, packages, at, impact }),
    ),
  );
};
