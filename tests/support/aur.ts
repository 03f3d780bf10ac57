import { execFile } from "node:child_process";
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { serve } from "#shared/runtime.ts";
import { listAsAurweb } from "./aurweb.ts";
import { answerGit } from "./git-http.ts";
import { makeScratch } from "./scratch.ts";

type Files = Readonly<Record<string, string | { readonly link: string }>>;

export type AurSource = {
  readonly pkgbase: string;
  readonly pkgbuild: string;
  /** Absent: the repository has none, and the AUR lists nothing. */
  readonly srcinfo?: string;
  readonly files?: Files;
  readonly votes?: number;
  readonly maintainer?: string | null;
};

const run = promisify(execFile);

/** The AUR on this machine: its RPC interface, version 5, and a git repository for each pkgbase. It lists as aurweb does. */
export const startAur = async () => {
  await using stack = new AsyncDisposableStack();
  const directory = stack.use(await makeScratch());
  const listed = new Map<
    string,
    object & {
      Name: string;
      PackageBase: string;
      Provides: readonly string[];
      LastModified: number;
    }
  >();
  const requests = { rpc: 0, git: 0 };
  const faults = { down: false };
  let commits = 0;

  const answerRpc = async (request: Request) => {
    requests.rpc++;
    const form = await formOf(request);
    const type = form.get("type");
    if (form.get("v") !== "5") return errorOf("Please specify an API version.");
    if (type === "info") {
      const names = new Set(form.getAll("arg[]"));
      return answerOf(
        "multiinfo",
        [...listed.values()].filter(({ Name }) => names.has(Name)),
      );
    }
    if (type === "suggest-pkgbase") {
      const bases = [...listed.values()].map(({ PackageBase }) => PackageBase);
      const start = form.get("arg") ?? "";
      return Response.json(
        [...new Set(bases)]
          .filter((it) => it.startsWith(start))
          .sort()
          .slice(0, 20),
      );
    }
    if (type !== "search") return errorOf("Incorrect request type specified.");
    const name = form.get("arg") ?? "";
    if (name.length < 2) return errorOf("Query arg too small.");
    if (form.get("by") !== "provides") return errorOf("Incorrect by field specified.");
    const provides = ({ Name, Provides }: { Name: string; Provides: readonly string[] }) =>
      Name === name || Provides.some((it) => it.split(/[<>=]/, 1)[0] === name);
    return answerOf("search", [...listed.values()].filter(provides));
  };

  const server = stack.use(
    await serve(
      async (request) => {
        if (faults.down) return new Response("down for maintenance", { status: 503 });
        if (new URL(request.url).pathname.startsWith("/rpc")) return answerRpc(request);
        requests.git++;
        return answerGit(directory.path, request);
      },
      "127.0.0.1",
      0,
    ),
  );

  const list = ({ srcinfo, votes = 0, maintainer = "demo" }: AurSource) => {
    const modified = 1_700_000_000 + commits;
    for (const row of srcinfo ? listAsAurweb(srcinfo, votes, maintainer) : [])
      listed.set(row.Name, { ...row, LastModified: modified });
  };
  const commit = async (source: AurSource) => {
    const { pkgbase, pkgbuild, srcinfo, files = {} } = source;
    const repository = join(directory.path, `${pkgbase}.git`);
    const tree = join(directory.path, pkgbase);
    const date = `@${1_700_000_000 + commits++} +0000`;
    const git = (...args: string[]) =>
      run("git", ["--git-dir", repository, "--work-tree", tree, ...args], {
        env: { ...identity, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date },
      });
    await mkdir(tree, { recursive: true });
    await git("init", "--quiet", "--initial-branch=master");
    const all: Files = { PKGBUILD: pkgbuild, ...(srcinfo && { ".SRCINFO": srcinfo }), ...files };
    for (const [path, content] of Object.entries(all)) {
      await mkdir(dirname(join(tree, path)), { recursive: true });
      if (typeof content === "string") await writeFile(join(tree, path), content);
      else await symlink(content.link, join(tree, path));
    }
    await git("add", "--all", "--force", ".");
    await git("commit", "--quiet", "--allow-empty", "--message", "update");
    await rm(tree, { recursive: true });
    list(source);
    return (await git("rev-parse", "HEAD")).stdout.trim();
  };

  const resources = stack.move();
  return {
    url: `http://127.0.0.1:${server.port}`,
    /** How often it was asked. */
    requests,
    /** With `down` it answers 503. */
    faults,
    /** Adds a package, or another commit with these files alone; answers the commit. */
    add: commit,
    update: commit,
    /** Changes the RPC record of a package, without a commit. */
    list,
    /** Takes a package off the list, as the AUR does when it deletes one; its repository stays. */
    delist: (name: string) => void listed.delete(name),
    /** The bare repository, for what git itself would not commit. */
    repositoryOf: (pkgbase: string) => join(directory.path, `${pkgbase}.git`),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

const identity = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "aur",
  GIT_AUTHOR_EMAIL: "aur@example.org",
  GIT_COMMITTER_NAME: "aur",
  GIT_COMMITTER_EMAIL: "aur@example.org",
};

const formOf = async (request: Request) =>
  request.method === "POST"
    ? new URLSearchParams(await request.text())
    : new URL(request.url).searchParams;

const answerOf = (type: string, results: readonly object[]) =>
  Response.json({ version: 5, type, resultcount: results.length, results });

const errorOf = (error: string) =>
  Response.json({ version: 5, type: "error", resultcount: 0, results: [], error });
