import * as v from "valibot";
import { message, question, stream } from "#shared/bus/declare.ts";
import {
  Arch,
  BuildId,
  FileName,
  Instant,
  Pkgbase,
  Pkgname,
  Sha256,
  Version,
} from "#shared/model.ts";
import { days, seconds } from "#shared/time.ts";

/** Built packages waiting to be published. */
export const publishRequests = stream("PUBLISH_REQUESTS", { keep: "work", maxAge: days(30) });

/** What the repository went through. */
export const repoLog = stream("REPO_LOG", { keep: "log", maxAge: days(7) });

export const publishRequested = message(
  publishRequests,
  "publish.requested.{build}",
  v.object({
    build: BuildId,
    /** Absent in requests of kiln 0.1.0. */
    pkgbase: v.optional(Pkgbase),
  }),
  {
    id: ({ build }) => build,
    key: ({ pkgbase, build }) => pkgbase ?? build,
  },
);

/** A build's packages are in the generation that is now served. */
export const repoPublished = message(
  repoLog,
  "repo.published",
  v.object({
    build: BuildId,
    pkgbase: Pkgbase,
    arch: Arch,
    generation: v.number(),
    packages: v.array(
      v.object({ pkgname: Pkgname, version: Version, filename: FileName, sha256: Sha256 }),
    ),
    at: Instant,
  }),
  {
    id: ({ build }) => `published-${build}`,
    key: ({ pkgbase }) => pkgbase,
    says: "what a build made can be installed",
  },
);

/** A build's packages are not what the build promised, or may not be signed; what was served stays. */
export const publishRefused = message(
  repoLog,
  "publish.refused",
  v.object({ build: BuildId, pkgbase: Pkgbase, message: v.string(), at: Instant }),
  {
    id: ({ build }) => `refused-${build}`,
    key: ({ pkgbase }) => pkgbase,
    says: "what a build made is not what was promised, or may not be signed",
  },
);

/** A removed package is no longer in the generation that is served. */
export const packageRetired = message(
  repoLog,
  "package.retired",
  v.object({
    pkgbase: Pkgbase,
    /** When it was removed. */
    removedAt: Instant,
    at: Instant,
  }),
  {
    id: ({ pkgbase, removedAt }) => `retired-${pkgbase}-${removedAt}`,
    key: ({ pkgbase }) => pkgbase,
    says: "a removed package is no longer in the repository",
  },
);

/** Takes a package out; answered when the generation without it is served, also if it never was in. */
export const retirePackage = question("repo.retire", {
  request: v.object({ pkgbase: Pkgbase }),
  answer: v.object({ generation: v.number() }),
  timeout: seconds(10),
});
