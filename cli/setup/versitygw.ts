import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import * as v from "valibot";
import { ensurePrograms, type Install } from "./packages.ts";
import { runProgram } from "./run-program.ts";

const source = "github.com/versity/versitygw/cmd/versitygw";
const version = "v1.8.0";

/** Its go.mod asks for 1.25; where there is only an older go, this one is fetched as the module that it is. */
const compiler = { least: [1, 25], module: "golang.org/toolchain@v0.0.1-go1.26.8" } as const;

export type VersitygwWish = Install & { readonly dataDirectory: string };

/** The path of versitygw, an S3 server for the tests, compiled where it is not there yet (a minute and a half). */
export const ensureVersitygw = async (wish: VersitygwWish): Promise<string> => {
  const place = join(wish.dataDirectory, "bin", `versitygw-${version}`);
  if (existsSync(place)) return place;
  await ensurePrograms(["go"], wish);
  await mkdir(join(wish.dataDirectory, "bin"), { recursive: true });
  const work = await mkdtemp(join(wish.dataDirectory, "go-"));
  try {
    wish.say("compiling versitygw, an S3 server for the tests");
    const environment = {
      CGO_ENABLED: "0",
      GOBIN: work,
      GOCACHE: join(work, "cache"),
      GOFLAGS: "-modcacherw -buildvcs=false",
      GOPATH: join(work, "path"),
      GOTOOLCHAIN: "local",
    };
    const root = await oftener(() => findRoot(environment));
    const install = [join(root, "bin", "go"), "install", `${source}@${version}`] as const;
    await oftener(() =>
      runProgram(install, { signal: wish.signal, environment: { ...environment, GOROOT: root } }),
    );
    await rename(join(work, "versitygw"), place);
    return place;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};

/** What came is kept, so a download that broke off goes on. */
const oftener = <T>(download: () => Promise<T>) => download().catch(download).catch(download);

/** GOROOT of a go that is new enough. */
const findRoot = async (environment: Readonly<Record<string, string>>) => {
  const { stdout } = await execa("go", ["env", "GOROOT", "GOVERSION", "GOOS", "GOARCH"], {
    env: environment,
  });
  const [root = "", itsVersion = "", os = "", arch = ""] = stdout.split("\n");
  if (isNewEnough(itsVersion)) return root;
  const module = `${compiler.module}.${os}-${arch}`;
  const download = await execa("go", ["mod", "download", "-json", module], { env: environment });
  const { Dir: fetched } = v.parse(v.object({ Dir: v.string() }), JSON.parse(download.stdout));
  // A module's files have no modes.
  for (const folder of ["bin", join("pkg", "tool", `${os}_${arch}`)])
    for (const name of await readdir(join(fetched, folder)))
      await chmod(join(fetched, folder, name), 0o755);
  return fetched;
};

/** `goVersion` as in `go1.19.8`. */
export const isNewEnough = (goVersion: string) => {
  const [, major = "0", minor = "0"] = /^go(\d+)\.(\d+)/.exec(goVersion) ?? [];
  const [leastMajor, leastMinor] = compiler.least;
  return (
    Number(major) > leastMajor || (Number(major) === leastMajor && Number(minor) >= leastMinor)
  );
};
