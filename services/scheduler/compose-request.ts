import type { Payload } from "#shared/bus/declare.ts";
import { Fault } from "#shared/fault.ts";
import type { buildRequested } from "#shared/messages/build.ts";
import {
  architectureOf,
  fieldOf,
  parseSrcinfo,
  pkgnamesOf,
  versionOf,
} from "#shared/pacman/srcinfo.ts";
import { usedPkgrels } from "#shared/state/published-names.ts";
import { isSameSource } from "#shared/state/same-source.ts";
import { choosePkgrel, numberedOf } from "./choose-pkgrel.ts";
import type { Scheduler } from "./context.ts";
import { ownRepository } from "./own-repository.ts";
import type { Build } from "./store/builds.ts";
import { findOrdered } from "./store/packages.ts";
import { findSourceKeys } from "./store/source-keys.ts";

type Composed =
  | { readonly kind: "current" }
  | {
      readonly kind: "pinned";
      readonly request: Payload<typeof buildRequested>;
      readonly sourceState: string;
    };

/** Pins the source that was planned, the package's settings, and kiln's own repository as it is now. */
export const composeRequest = async (scheduler: Scheduler, build: Build): Promise<Composed> => {
  const { blobs, config, state } = scheduler;
  const ordered = await findOrdered(state, build);
  if (!ordered) throw new Fault("missing", `package ${build.pkgbase} was removed`);
  const { package: settings, source, force, published } = ordered;
  if (!source)
    throw new Fault(
      "missing",
      `no source of ${build.pkgbase} is kept that could be built; order it again`,
    );
  const isCurrent = isSameSource(settings.devel, source, published);
  if (!force && !build.renumber && isCurrent) return { kind: "current" };

  const srcinfo = parseSrcinfo(source.srcinfo);
  const pkgnames = pkgnamesOf(srcinfo);
  for (const pkgname of pkgnames) architectureOf(srcinfo, pkgname, config.ARCH);
  const kinds = settings.flags.includes("nocheck")
    ? ["depends", "makedepends"]
    : ["depends", "makedepends", "checkdepends"];
  const dependencies = [
    ...new Set(kinds.flatMap((kind) => fieldOf(srcinfo, undefined, kind, config.ARCH))),
  ];
  const promised = versionOf(srcinfo);
  const numbering = {
    promised,
    published: isCurrent ? published : undefined,
    renumber: build.renumber,
  };
  const used = build.renumber
    ? await usedPkgrels(state.read, { pkgnames, ...numberedOf(promised, numbering.published) })
    : [];
  const { version, pkgrel } = choosePkgrel({ ...numbering, used });
  return {
    kind: "pinned",
    sourceState: source.state,
    request: {
      build: build.id,
      arch: config.ARCH,
      pkgbase: build.pkgbase,
      source: { sha256: source.snapshotSha256, bytes: source.snapshotBytes },
      srcinfo: settings.devel ? null : await blobs.put(Buffer.from(source.srcinfo)),
      version,
      devel: settings.devel,
      pkgnames,
      dependencies,
      hasSources: fieldOf(srcinfo, undefined, "source", config.ARCH).length > 0,
      flags: [...settings.flags],
      prepare: settings.prepare,
      keys: await findSourceKeys(state, fieldOf(srcinfo, undefined, "validpgpkeys", config.ARCH)),
      sourceDateEpoch: Math.floor(source.changedAt / 1_000),
      repository: await ownRepository(scheduler, dependencies),
      pkgrel,
    },
  };
};
