import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Fault } from "#shared/fault.ts";
import { remoteOf } from "#shared/git-remote.ts";
import { shareFor } from "#shared/single-flight.ts";
import { minutes } from "#shared/time.ts";
import { ifUnwritable } from "#shared/unwritable.ts";
import { withoutCredentials } from "#shared/without-credentials.ts";
import { parseCatFile, parseTree } from "./git-output.ts";
import { gitRunner, type RunOptions } from "./git-runner.ts";
import { parseGitUrl } from "./git-url.ts";
import type { SourceFile } from "./source-files.ts";
import { SourceFault } from "./unusable.ts";

export type Checkout = {
  readonly revision: string;
  /** When it was committed, as its author's clock had it. */
  readonly committedAt: number;
  readonly files: readonly SourceFile[];
};

export type Git = {
  /** The files of the remote's HEAD. Nothing is checked out: they are read from the fetched objects. */
  fetch(url: string): Promise<Checkout>;
  /** The commit that a remote's ref names. */
  resolve(url: string, ref: string): Promise<string>;
  /** Deletes temporary repositories that were made before an instant. */
  removeAbandoned(before: number): Promise<void>;
  /** Rejects when there is no git; one that ran is looked for again after a minute. */
  ping(): Promise<void>;
};

export type Options = RunOptions & {
  /** Where temporary repositories are made. */
  readonly directory: string;
};

export const connectGit = ({ directory, allowFile, ...rest }: Options): Git => {
  const { limit } = rest;
  const run = gitRunner({ allowFile, ...rest });

  return {
    async fetch(url) {
      const from = demandRemote(parseGitUrl(url, allowFile));
      const what = "failed to clone git repository";
      const repository = await makeRepository(directory);
      const inside = (args: readonly string[], options: Parameters<typeof run>[2] = {}) =>
        run(what, ["--git-dir", repository, ...args], options);
      try {
        await run(what, ["init", "--quiet", "--bare", "--template=", "--", repository]);
        const head = (...depth: string[]) =>
          inside(["fetch", "--quiet", ...depth, "--no-tags", "--", from.url, "HEAD"], {
            more: from.environment,
          });
        await head("--depth=1").catch((error: unknown) => {
          if (error instanceof Fault && error.message.includes("dumb http transport"))
            return head();
          throw error;
        });
        const commit = await inside(["log", "-1", "--format=%H %ct", "FETCH_HEAD"]);
        const [revision = "", seconds] = commit.toString("utf8").trim().split(" ");
        const tree = parseTree(
          await inside(["ls-tree", "-r", "-z", "-l", "--full-tree", revision]),
        );
        const bytes = tree.reduce((sum, entry) => sum + entry.bytes + tarHeader, 0);
        if (bytes > limit)
          throw new SourceFault("invalid", `${what}: its files are larger than ${limit} bytes`);

        const wanted = [...new Set(tree.map(({ object }) => object))];
        const batch = await inside(["cat-file", "--batch", "--buffer"], {
          input: wanted.map((it) => `${it}\n`).join(""),
        });
        const contents = parseCatFile(batch);
        const files = tree.map(({ path, kind, object }) => {
          const content = contents.get(object);
          if (!content) throw new SourceFault("unavailable", `${what}: ${path} is missing`);
          return { path, kind, content };
        });
        return { revision, committedAt: Number(seconds) * 1_000, files };
      } finally {
        await rm(repository, { recursive: true, force: true });
      }
    },

    async resolve(url, ref) {
      const from = demandRemote(parseGitUrl(url, allowFile));
      const what = `failed to look for ${ref} in ${withoutCredentials(url)}`;
      const listed = await run(what, ["ls-remote", "--", from.url, ref], {
        more: from.environment,
      });
      const [commit = ""] = listed.toString("utf8").split("\t", 1);
      if (!/^[0-9a-f]{40,64}$/.test(commit))
        throw new SourceFault("missing", `${what}: there is none`);
      return commit;
    },

    async removeAbandoned(before) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      for (const name of await readdir(directory)) {
        if (!name.startsWith("git-")) continue;
        const path = join(directory, name);
        const found = await stat(path).catch(() => undefined);
        if (found && found.mtimeMs < before) await rm(path, { recursive: true, force: true });
      }
    },

    ping: shareFor(installed, async () => void (await run("git does not run", ["--version"]))),
  };
};

const demandRemote = (url: string) => {
  const remote = remoteOf(url);
  if (remote) return remote;
  throw new SourceFault("invalid", "git url: expected a user and a password of one line each");
};

/** For how long a git that ran counts as installed, so that health checks start one process a minute. */
const installed = minutes(1);

const makeRepository = async (directory: string) => {
  const unwritable = ifUnwritable(`git's files cannot be written into ${directory}`);
  await mkdir(directory, { recursive: true, mode: 0o700 }).catch(unwritable);
  return resolve(await mkdtemp(join(directory, "git-")).catch(unwritable));
};

/** What a tar adds to each file. */
const tarHeader = 1_024;
