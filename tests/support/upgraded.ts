import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { getTableName } from "drizzle-orm";
import { execa } from "execa";
import * as v from "valibot";
import { expect } from "vitest";
import { parseBuildinfo } from "#shared/pacman/buildinfo.ts";
import { readDatabase } from "#shared/pacman/database-read.ts";
import { readBuildinfo } from "#shared/pacman/package-file.ts";
import type { Service } from "#shared/service/define.ts";
import { host } from "#shared/service/host.ts";
import { machine } from "#shared/service/machine.ts";
import { minutes } from "#shared/time.ts";
import { type BuildInfo, BuildList, PackageList, RebuildList } from "#shared/views.ts";
import { all } from "../../services/all.ts";
import { openWith } from "../../services/builder/context.ts";
import { builder } from "../../services/builder/service.ts";
import { connectTo } from "./database.ts";
import { parseExposition } from "./exposition.ts";
import { writeMirror } from "./official-mirror.ts";
import { type Labels, openPackageEngine } from "./package-engine.ts";
import { makePackage } from "./repo.ts";
import { makeScratch } from "./scratch.ts";
import { silentLog as log } from "./world.ts";

/** What is committed and not published. */
const outboxes = all.flatMap(({ recovery }) => (recovery ? getTableName(recovery.outbox) : []));

const archive = resolve(import.meta.dirname, "../fixtures/6e3b825.tar.zst");

const Hashes = v.record(v.string(), v.string());

/** What the old version recorded of itself; tests/fixtures/make.ts writes it. */
const Expected = v.object({
  secret: v.string(),
  /** When it was killed. */
  at: v.number(),
  /** sha256 of what it served, by path. */
  served: Hashes,
  /** What its API answered, by path. */
  answers: v.record(v.string(), v.string()),
  /** Its rows, by table. */
  rows: v.record(v.string(), v.array(v.record(v.string(), v.unknown()))),
  /** sha256 of its blobs, by their paths. */
  blobs: Hashes,
});

/** A data directory as the version 6e3b825 left it when it was killed; tests/fixtures/README.md tells what is in it. */
export const unpackOldKiln = async () => {
  const scratch = await makeScratch();
  await execa("tar", ["--zstd", "--extract", "--file", archive, "--directory", scratch.path]);
  const text = await readFile(join(scratch.path, "expected.json"), "utf8");
  return {
    directory: join(scratch.path, "data"),
    scratch: scratch.path,
    expected: v.parse(Expected, JSON.parse(text)),
    [Symbol.asyncDispose]: () => scratch[Symbol.asyncDispose](),
  };
};

type OldKiln = Awaited<ReturnType<typeof unpackOldKiln>>;

/**
 * Starts services of this version on it, two minutes after the old ones were killed, with an engine whose containers
 * leave packages at once: of a rebuild those that are published.
 */
export const startUpgraded = async (
  { directory, scratch, expected }: OldKiln,
  services: readonly Service[],
) => {
  const { engine, started } = openPackageEngine((labels) => leave(directory, labels));
  const open: typeof builder.open = (base) => openWith(engine, base);
  const replaced = { ...builder, open };
  const environment = {
    DATA_DIR: directory,
    PORT: "0",
    BUILD_CLI: "false",
    REBUILD_PUBLISHED: "false",
    BUILDER_NAME: "builder-1",
    SYNC_MIRROR: await writeMirror(join(scratch, "mirror"), {}),
  };
  const begun = Date.now();
  const now = () => expected.at + minutes(2) + Date.now() - begun;
  const hosted = await host(
    services.map((service) => (service.name === "builder" ? replaced : service)),
    environment,
    { log, now, ...machine },
  );
  const request = (path: string, secret = expected.secret) =>
    fetch(`${hosted.url}${path}`, { headers: { authorization: secret } });
  const ask = async <S extends v.GenericSchema>(path: string, schema: S) =>
    v.parse(schema, await (await request(path)).json());
  const rebuildsOf = (pkgbase: string) => ask(`/package/${pkgbase}/rebuild`, RebuildList);
  /** By package, in the order of the list. */
  const builds = async () => {
    const found: Record<string, readonly BuildInfo[]> = {};
    for (const { base } of await ask("/package/list", PackageList))
      found[base] = await ask(`/package/${base}/build`, BuildList);
    return found;
  };
  const queued = async () => {
    const series = parseExposition(await (await request("/metrics")).text());
    const queues = [...series].filter(([name]) => name.startsWith("kiln_queue_messages"));
    return queues.reduce((sum, [, messages]) => sum + messages, 0);
  };
  return {
    request,
    builds,
    rebuildsOf,
    /** Of all containers it had. */
    started,
    /** Resolves when no message waits, each package was built, each build and rebuild has ended, and nothing is being removed. */
    async untilIdle() {
      using client = connectTo(`file:${join(directory, "state.db")}`);
      const count = async (sql: string) =>
        (await client.execute(`SELECT count(*) FROM ${sql}`)).rows[0]?.[0];
      const left = async () => [
        await count("builds WHERE ended_at IS NULL"),
        await count("rebuilds WHERE ended_at IS NULL"),
        await count("packages WHERE removed_at IS NOT NULL"),
        await count("packages WHERE pkgbase NOT IN (SELECT pkgbase FROM builds)"),
        await queued(),
        ...(await Promise.all(outboxes.map(count))),
      ];
      const nothing = (await left()).map(() => 0);
      await expect.poll(left, { timeout: minutes(3), interval: 250 }).toEqual(nothing);
    },
    /** `name-version` of what its database lists. */
    async entries() {
      const { body } = await request("/x86_64/serene.db");
      const names: string[] = [];
      if (body) for await (const { directory: name } of readDatabase(body)) names.push(name);
      return names;
    },
    /** sha256 of what it serves at these paths; a status where it serves nothing. */
    async served(paths: readonly string[]) {
      const found: Record<string, string | number> = {};
      for (const path of paths) {
        const answer = await request(path);
        found[path] = answer.ok ? sha256Of(await answer.bytes()) : answer.status;
      }
      return found;
    },
    [Symbol.asyncDispose]: () => hosted[Symbol.asyncDispose](),
  };
};

/** sha256 of files in a directory, by their paths there. */
export const hashFiles = async (directory: string, paths: readonly string[]) => {
  const found: Record<string, string> = {};
  for (const path of paths) found[path] = sha256Of(await readFile(join(directory, path)));
  return found;
};

const sha256Of = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

const leave = async (directory: string, labels: Labels) => {
  const pkgbase = labels["kiln.pkgbase"] ?? "";
  if (labels["kiln.rebuild"] === undefined) {
    const { filename, bytes } = await makePackage({ pkgbase, version: "1-1", arch: "any" });
    return { packages: [[filename, bytes] as const], installed: "" };
  }
  const repository = join(directory, "repository");
  const names = (await readdir(repository)).filter(
    (name) => name.startsWith(`${pkgbase}-1-1-`) && !name.endsWith(".sig"),
  );
  const packages = await Promise.all(
    names.map(async (name) => [name, await readFile(join(repository, name))] as const),
  );
  const [, content] = packages[0] ?? [];
  const buildinfo = content && (await readBuildinfo(bytesOf(content)));
  const { installed } = parseBuildinfo(new TextDecoder().decode(buildinfo));
  return { packages, installed: installed.map(printed).join("\n") };
};

async function* bytesOf(content: Uint8Array) {
  yield content;
}

/** An entry of .BUILDINFO as `pacman -Qi` prints the package. */
const printed = (entry: string) => {
  const [, name, version, arch] = /^(.+)-([^-]+-[^-]+)-([^-]+)$/.exec(entry) ?? [];
  return `Name : ${name}\nVersion : ${version}\nArchitecture : ${arch}\n`;
};
