import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { serve } from "#shared/runtime.ts";
import { connectGit } from "../../services/resolver/git.ts";
import { snapshotOf } from "../../services/resolver/snapshot.ts";
import { startAur } from "../support/aur.ts";
import { programs } from "../support/programs.ts";
import { recipe } from "../support/recipe.ts";
import { makeScratch } from "../support/scratch.ts";

const setup = async ({ limit = 4_000_000, timeout = 20_000 } = {}) => {
  await using stack = new AsyncDisposableStack();
  const aur = stack.use(await startAur());
  const directory = stack.use(await makeScratch());
  const stopping = new AbortController();
  const git = connectGit({
    directory: directory.path,
    allowFile: false,
    timeout,
    limit,
    signal: stopping.signal,
    environment: programs,
  });
  const demo = recipe({ pkgbase: "demo" });
  await aur.add(demo);

  /** A commit of what git would not let anybody commit: lines of git-mktree(1). */
  const plant = (
    tree: (hash: { blob: (text: string) => string; tree: (lines: string) => string }) => string,
  ) => {
    const run = (args: readonly string[], input = "") =>
      execFileSync("git", ["--git-dir", aur.repositoryOf("demo"), ...args], {
        input,
        encoding: "utf8",
        env: { ...process.env, ...identity },
      }).trim();
    const blob = (text: string) => run(["hash-object", "-w", "--stdin"], text);
    const made = (lines: string) => run(["mktree", "--missing"], lines);
    const commit = run(["commit-tree", "-m", "planted", made(tree({ blob, tree: made }))]);
    run(["update-ref", "refs/heads/master", commit]);
    return commit;
  };

  const resources = stack.move();
  return {
    aur,
    git,
    stopping,
    demo,
    plant,
    url: `${aur.url}/demo.git`,
    left: () => readdirSync(directory.path),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

const settings = ["AUTHOR_NAME", "AUTHOR_EMAIL", "COMMITTER_NAME", "COMMITTER_EMAIL"];
const identity = Object.fromEntries(settings.map((it) => [`GIT_${it}`, "a@example.org"]));

test("a git that ran is not started again for the next health check", async () => {
  await using it = await setup();

  const first = it.git.ping();

  expect(it.git.ping()).toBe(first);
  await first;
});

test("the files of HEAD come with their kinds, and nothing is left behind", async () => {
  await using it = await setup();
  const revision = await it.aur.update({
    ...it.demo,
    files: { "patches/fix.patch": "fix", current: { link: "patches/fix.patch" } },
  });

  const fetched = await it.git.fetch(it.url);

  const files = fetched.files.map(({ path, kind, content }) => [path, kind, String(content)]);
  expect({ ...fetched, files }).toEqual({
    revision,
    committedAt: 1_700_000_001_000,
    files: [
      [".SRCINFO", "file", it.demo.srcinfo],
      ["PKGBUILD", "file", it.demo.pkgbuild],
      ["current", "link", "patches/fix.patch"],
      ["patches/fix.patch", "file", "fix"],
    ],
  });
  expect(it.left()).toEqual([]);
});

test("a repository that is only files on a web server is fetched whole", async () => {
  await using it = await setup();
  const repository = it.aur.repositoryOf("demo");
  execFileSync("git", ["--git-dir", repository, "update-server-info"]);
  await using server = await serve(
    async (request) => {
      const path = join(repository, new URL(request.url).pathname);
      return existsSync(path)
        ? new Response(readFileSync(path))
        : new Response("", { status: 404 });
    },
    "127.0.0.1",
    0,
  );

  const { files } = await it.git.fetch(`http://127.0.0.1:${server.port}/`);

  expect(files.map(({ path }) => path)).toEqual([".SRCINFO", "PKGBUILD"]);
});

test("a ref is resolved as git ls-remote does, and one that is not there is said", async () => {
  await using it = await setup();
  const commit = await it.aur.update(it.demo);

  expect(await it.git.resolve(it.url, "HEAD")).toBe(commit);
  expect(await it.git.resolve(it.url, "refs/heads/master")).toBe(commit);
  await expect(it.git.resolve(it.url, "refs/tags/v1")).rejects.toThrow(
    new Fault("missing", `failed to look for refs/tags/v1 in ${it.url}: there is none`),
  );
});

test("how kiln gets into a repository is no part of what is said of it", async () => {
  await using it = await setup();
  const url = it.url.replace("//", "//somebody:secret@");

  await expect(it.git.resolve(url, "refs/tags/v1")).rejects.toThrow(
    new Fault("missing", `failed to look for refs/tags/v1 in ${it.url}: there is none`),
  );
});

test.each([
  ["../../etc/passwd", "the link to ../../etc/passwd leads out of the source"],
  ["/etc/passwd", "the link to /etc/passwd leads out of the source"],
])("a link to %s is refused", async (target, why) => {
  await using it = await setup();
  it.plant(({ blob }) => `120000 blob ${blob(target)}\tevil\n`);

  const { files } = await it.git.fetch(it.url);

  expect(() => snapshotOf(files)).toThrow(new Fault("invalid", `the source holds "evil": ${why}`));
});

test.each([
  [".git", '".git/config": expected no .git in it'],
  [".GIT", '".GIT/config": expected no .git in it'],
  ["..", '"../config": expected a path inside the source'],
])("a tree named %s is refused", async (name, why) => {
  await using it = await setup();
  it.plant(({ blob, tree }) => {
    const inner = tree(
      `100644 blob ${blob("[core]\nfsmonitor = touch /tmp/kiln-canary\n")}\tconfig\n`,
    );
    return `040000 tree ${inner}\t${name}\n`;
  });

  const refused = it.git.fetch(it.url).then(({ files }) => snapshotOf(files));

  await expect(refused).rejects.toThrow(new Fault("invalid", `the source holds ${why}`));
  expect(existsSync("/tmp/kiln-canary")).toBe(false);
});

test("a submodule is neither fetched nor kept", async () => {
  await using it = await setup();
  const modules = `[submodule "sub"]\n\tpath = sub\n\turl = ${it.aur.url}/secret.git\n`;
  it.plant(
    ({ blob }) =>
      `100644 blob ${blob(modules)}\t.gitmodules\n100644 blob ${blob("pkgname=x\n")}\tPKGBUILD\n160000 commit ${"1".repeat(40)}\tsub\n`,
  );

  const { files } = await it.git.fetch(it.url);

  expect(files.map(({ path }) => path)).toEqual([".gitmodules", "PKGBUILD"]);
});

test("more bytes than allowed are refused, however small they travel", async () => {
  await using it = await setup({ limit: 200_000 });
  await it.aur.update({ ...it.demo, files: { zeros: "0".repeat(1_000_000) } });

  await expect(it.git.fetch(it.url)).rejects.toThrow(
    new Fault("invalid", "failed to clone git repository: its files are larger than 200000 bytes"),
  );
  expect(it.left()).toEqual([]);
});

test("a pack that is larger than allowed is not written to its end", async () => {
  await using it = await setup({ limit: 100_000 });
  const noise = Array.from({ length: 400_000 }, () => Math.random().toString(36)[2]).join("");
  await it.aur.update({ ...it.demo, files: { noise } });

  await expect(it.git.fetch(it.url)).rejects.toThrow(
    new Fault("invalid", "failed to clone git repository: it is larger than 100000 bytes"),
  );
  expect(it.left()).toEqual([]);
});

test("a tree of trees that would unfold to billions of files is refused", async () => {
  await using it = await setup({ timeout: 5_000 });
  it.plant(({ blob, tree }) => {
    let lines = Array.from({ length: 10 }, (_, i) => `100644 blob ${blob("x")}\tf${i}\n`).join("");
    for (let depth = 0; depth < 9; depth++) {
      const inner = tree(lines);
      lines = Array.from({ length: 10 }, (_, i) => `040000 tree ${inner}\td${i}\n`).join("");
    }
    return lines;
  });

  await expect(it.git.fetch(it.url)).rejects.toThrow(Fault);
  expect(it.left()).toEqual([]);
});

test("a server that says nothing is given up, and nothing is left behind", async () => {
  await using it = await setup({ timeout: 300 });
  await using silent = await serve(() => new Promise<Response>(() => {}), "127.0.0.1", 0);

  await expect(it.git.fetch(`http://127.0.0.1:${silent.port}/x.git`)).rejects.toThrow(
    new Fault("unavailable", "failed to clone git repository: no end within 0.3 s"),
  );
  expect(it.left()).toEqual([]);
});

test("a stop ends what is running, and leaves nothing behind", async () => {
  await using it = await setup();
  await using silent = await serve(
    () => {
      it.stopping.abort();
      return new Promise<Response>(() => {});
    },
    "127.0.0.1",
    0,
  );

  await expect(it.git.fetch(`http://127.0.0.1:${silent.port}/x.git`)).rejects.toThrow(Fault);
  expect(it.left()).toEqual([]);
});

test("a repository without a commit is said so", async () => {
  await using it = await setup();
  execFileSync("git", ["init", "--quiet", "--bare", join(it.aur.repositoryOf("empty"))]);

  await expect(it.git.fetch(`${it.aur.url}/empty.git`)).rejects.toThrow(
    "failed to clone git repository: fatal: couldn't find remote ref HEAD",
  );
});
