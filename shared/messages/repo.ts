import * as v from "valibot";
import { message, question, stream } from "#shared/bus/declare.ts";
import {
  Arch,
  BuildId,
  FileName,
  Instant,
  Pkgbase,
  Pkgname,
  Pkgrel,
  Sha256,
  Version,
} from "#shared/model.ts";
import { days, seconds } from "#shared/time.ts";
import { attemptOf } from "./build.ts";

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
    /** The pkgrel that the build had in place of its PKGBUILD's. */
    pkgrel: v.optional(v.nullable(Pkgrel), null),
  }),
  {
    id: ({ build, pkgrel }) => attemptOf(build, pkgrel),
    key: ({ pkgbase, build }) => pkgbase ?? build,
  },
);

/** What a publish means for clients that have the packages of the generation before. */
export const Impact = v.object({
  /** Packages that stay, each with a dependency that nothing in the repository meets any more. */
  breaks: v.array(v.object({ pkgname: Pkgname, pkgbase: Pkgbase, dependency: v.string() })),
  /** Packages whose version is lower than before: pacman -Syu leaves the newer one installed. */
  backwards: v.array(v.object({ pkgname: Pkgname, from: Version, to: Version })),
});
export type Impact = v.InferOutput<typeof Impact>;

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
    /** Null in messages of earlier versions of kiln. */
    impact: v.optional(v.nullable(Impact), null),
  }),
  {
    id: ({ build }) => `published-${build}`,
    key: ({ pkgbase }) => pkgbase,
    says: "what a build made can be installed",
  },
);

/** A build's packages are not what makepkg made, may not be signed, or are published with other bytes; what was served stays. */
export const publishRefused = message(
  repoLog,
  "publish.refused",
  v.object({
    build: BuildId,
    pkgbase: Pkgbase,
    message: v.string(),
    at: Instant,
    /** Of the request. */
    pkgrel: v.optional(v.nullable(Pkgrel), null),
    /** The build starts again, expected to make this version by this pkgrel: its file names mean other bytes. */
    again: v.optional(v.nullable(v.object({ version: Version, pkgrel: Pkgrel })), null),
  }),
  {
    id: ({ build, pkgrel }) => `refused-${attemptOf(build, pkgrel)}`,
    key: ({ pkgbase }) => pkgbase,
    says: "what a build made is not published: why, and whether the build starts again with another pkgrel",
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
