import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { publishRequested } from "#shared/messages/repo.ts";
import type { BuildId } from "#shared/model.ts";
import { readDatabase } from "#shared/pacman/database-read.ts";
import { type Environment, start } from "#shared/service/start.ts";
import { generations } from "#shared/state/repo.ts";
import type { Repo } from "../../services/repo/context.ts";
import { repo } from "../../services/repo/service.ts";
import { signer } from "../../services/signer/service.ts";
import { tarOf } from "./archive.ts";
import { insertBuild } from "./builds.ts";
import { insertPackage, srcinfoOf } from "./rows.ts";
import { makeWorld } from "./world.ts";

type World = Awaited<ReturnType<typeof makeWorld>>;

const nowhere = () => undefined;

export type Wanted = {
  readonly pkgbase?: string;
  readonly pkgnames?: readonly string[];
  readonly version?: string;
  readonly arch?: string;
  readonly devel?: boolean;
  /** What differs in the package files from what the build promised. */
  readonly made?: {
    readonly pkgname?: string;
    readonly pkgbase?: string;
    readonly version?: string;
    readonly arch?: string;
    readonly filename?: string;
  };
  /** What the build promised instead. */
  readonly promised?: { readonly pkgnames?: readonly string[]; readonly version?: string };
  readonly content?: string | Uint8Array;
  readonly depends?: readonly string[];
  readonly provides?: readonly string[];
};

/** A package file as makepkg(8) would name it. */
export const makePackage = async ({ pkgbase = "foo", ...wanted }: Wanted, pkgname = pkgbase) => {
  const { version = "1.0-1", arch = "x86_64", content = "hello", made = {} } = wanted;
  const { depends = [], provides = [] } = wanted;
  const is = { pkgname, pkgbase, version, arch, ...made };
  const lines = [
    `pkgname = ${is.pkgname}`,
    `pkgbase = ${is.pkgbase}`,
    `pkgver = ${is.version}`,
    "pkgdesc = A package",
    "builddate = 1700000000",
    "size = 5",
    `arch = ${is.arch}`,
    ...provides.map((it) => `provides = ${it}`),
    ...depends.map((it) => `depend = ${it}`),
  ];
  const bytes = gzipSync(
    await tarOf([
      [".PKGINFO", `${lines.join("\n")}\n`],
      ["usr/"],
      ["usr/share/"],
      [`usr/share/${is.pkgname}`, content],
    ]),
  );
  return { filename: made.filename ?? `${is.pkgname}-${is.version}-${is.arch}.pkg.tar.gz`, bytes };
};

/** A build in a world's tables and blobs, waiting to be published. */
export const makeBuild = async (world: World, wanted: Wanted = {}): Promise<BuildId> => {
  const { pkgbase = "foo", pkgnames = [pkgbase], version = "1.0-1" } = wanted;
  const [pkgver, pkgrel] = version.split("-");
  const srcinfo = srcinfoOf(pkgbase).replace("pkgver = 1", `pkgver = ${pkgver}`);
  const text = await world.blobs.put(
    Buffer.from(srcinfo.replace("pkgrel = 1", `pkgrel = ${pkgrel}`)),
  );
  const pkgbuild = await world.blobs.put(Buffer.from(`pkgname=${pkgbase}\n`));
  const artifacts = [];
  for (const pkgname of pkgnames) {
    const { filename, bytes } = await makePackage(wanted, pkgname);
    artifacts.push({ filename, ...(await world.blobs.put(bytes)) });
  }
  return insertBuild(world, {
    ...wanted,
    pkgbase,
    pkgnames,
    version,
    ...wanted.promised,
    artifacts,
    srcinfoSha256: text.sha256,
    pkgbuildSha256: pkgbuild.sha256,
  });
};

type Place = {
  /** What their clock says. */
  readonly at?: number;
  /** Where they were before. */
  readonly directory?: string;
  /** Packages that were added. */
  readonly packages?: readonly string[];
  /** No other process has its tables: it waits for no lease that a killed process held. */
  readonly alone?: boolean;
};

/** Signer and repo, and what a user of them sees. */
export const startRepo = async (
  environment: Environment = {},
  { at, directory, packages = [], alone = false }: Place = {},
) => {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await makeWorld(directory));
  world.clock.at = at ?? world.clock.at;
  const settings = { DATA_DIR: world.directory, ...environment };
  stack.use(await start(signer, settings, world));
  const seen: Repo[] = [];
  const open: typeof repo.open = async (base) => {
    const opened = await repo.open(base);
    seen.push({ ...base, ...opened });
    return opened;
  };
  const running = stack.use(await start({ ...repo, open }, settings, { ...world, alone }));
  const [context] = seen;
  if (!context) throw new Error("the repo was not opened");
  while ((await world.state.read.$count(generations)) === 0) await setImmediate();
  for (const name of packages) await insertPackage(world.state, name);
  const resources = stack.move();
  return {
    world,
    running,
    context,
    directory: join(world.directory, "repository"),
    publish: async (wanted?: Wanted) => {
      const build = await makeBuild(world, wanted);
      await world.publish(publishRequested, { build });
      return build;
    },
    fetch: async (path: string, init: RequestInit = {}) => {
      if (!running.http) throw new Error("the repo serves nothing");
      return running.http.fetch(new Request(`http://kiln.test${path}`, init), nowhere);
    },
    /** `name-version` of what a database lists. */
    entries: async (database = "serene.db") => {
      const request = new Request(`http://kiln.test/x86_64/${database}`);
      const response = await running.http?.fetch(request, nowhere);
      const names: string[] = [];
      if (response?.body)
        for await (const { directory: name } of readDatabase(response.body)) names.push(name);
      return names;
    },
    plain: (name: string) => readFile(join(world.directory, "repository", name)),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};
