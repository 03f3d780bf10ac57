import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ProgramEnvironment } from "#shared/run-program.ts";
import { serve } from "#shared/runtime.ts";
import { networkEnvironment } from "#shared/service/program-config.ts";
import { connectGit } from "../../services/resolver/git.ts";
import { SourceFault } from "../../services/resolver/unusable.ts";
import { startAur } from "../support/aur.ts";
import { programs } from "../support/programs.ts";
import { recipe } from "../support/recipe.ts";
import { makeScratch } from "../support/scratch.ts";
import { mountSmallDisk } from "../support/small-disk.ts";

const gitIn = (
  directory: string,
  signal = new AbortController().signal,
  environment: ProgramEnvironment = programs,
) =>
  connectGit({
    directory,
    allowFile: false,
    timeout: 20_000,
    limit: 64_000_000,
    environment,
    signal,
  });

test("a full disk under git's files is trouble of kiln's own, whoever notices it", async () => {
  await using scratch = await makeScratch();
  const place = join(scratch.path, "work");
  await using disk = await mountSmallDisk(place, 8);
  await using aur = await startAur();
  const large = randomBytes(6_000_000).toString("hex");
  await aur.add({ ...recipe({ pkgbase: "large" }), files: { large } });
  const fetching = () =>
    gitIn(place)
      .fetch(`${aur.url}/large.git`)
      .catch((error: unknown) => error);

  const noticedByGit = await fetching();
  await disk.fill();
  const noticedByUs = await fetching();

  expect([noticedByGit, noticedByUs]).toMatchObject([
    { kind: "unavailable", message: expect.stringContaining("No space left on device") },
    {
      kind: "unavailable",
      message: `git's files cannot be written into ${place} (ENOSPC); mend that`,
    },
  ]);
  expect([noticedByGit, noticedByUs].some((it) => it instanceof SourceFault)).toBe(false);
});

test("an unreachable server is the source's trouble", async () => {
  await using scratch = await makeScratch();

  const fetching = gitIn(scratch.path).fetch("http://127.0.0.1:1/x.git");

  await expect(fetching).rejects.toBeInstanceOf(SourceFault);
});

/** The arguments and the variables of the programs that name a text in their arguments. */
const programsNaming = async (text: string) => {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const read = (file: string) => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "");
      return { argv: await read("cmdline"), environment: await read("environ") };
    }),
  );
  return found.filter(({ argv }) => argv.includes(text));
};

test("no program that git consists of has a secret in its arguments, or kiln's variables", async () => {
  await using scratch = await makeScratch();
  const silent = await serve(() => new Promise<Response>(() => {}), "127.0.0.1", 0);
  const stopping = new AbortController();
  const host = `127.0.0.1:${silent.port}`;
  const git = gitIn(scratch.path, stopping.signal);
  const fetching = git.fetch(`http://me:hushhush@${host}/x.git`).catch(() => {});
  await expect.poll(async () => (await programsNaming(host)).length).toBeGreaterThan(1);

  const found = await programsNaming(host);
  stopping.abort();
  await fetching;
  await silent[Symbol.asyncDispose]();

  expect(found.filter(({ argv }) => argv.includes("hushhush"))).toEqual([]);
  const names = new Set(
    found.flatMap(({ environment }) =>
      environment.split("\0").flatMap((line) => line.split("=", 1).filter(Boolean)),
    ),
  );
  expect(
    [...names].filter(
      (name) => !/^(GIT_|KILN_GIT_|PATH$|LC_ALL$|SSH_ASKPASS$|PWD$|_$|SHLVL$)/.test(name),
    ),
  ).toEqual([]);
});

test("a server that asks for a user and a password gets those of the URL", async () => {
  await using aur = await startAur();
  await aur.add(recipe({ pkgbase: "hidden" }));
  const expected = `Basic ${Buffer.from("me:p@ss word").toString("base64")}`;
  const asked: (string | null)[] = [];
  await using server = await serve(
    (request) => {
      const { pathname, search } = new URL(request.url);
      const given = request.headers.get("authorization");
      asked.push(given);
      if (given !== expected)
        return new Response("", { status: 401, headers: { "www-authenticate": "Basic" } });
      const { method, body } = request;
      const headers = new Headers(request.headers);
      headers.delete("accept-encoding");
      return fetch(`${aur.url}${pathname}${search}`, { method, body, headers });
    },
    "127.0.0.1",
    0,
  );
  await using scratch = await makeScratch();

  const url = `http://me:p%40ss%20word@127.0.0.1:${server.port}/hidden.git`;
  const { files } = await gitIn(scratch.path).fetch(url);

  expect(files.map(({ path }) => path)).toEqual([".SRCINFO", "PKGBUILD"]);
  expect(new Set(asked)).toEqual(new Set([null, expected]));
});

test("git goes through the proxy that is set", async () => {
  await using scratch = await makeScratch();
  const asked: string[] = [];
  await using proxy = await serve(
    (request) => {
      asked.push(request.url);
      return new Response("", { status: 404 });
    },
    "127.0.0.1",
    0,
  );
  const environment = networkEnvironment({ HTTP_PROXY: `http://127.0.0.1:${proxy.port}` });
  const git = gitIn(scratch.path, undefined, { ...programs, ...environment });

  await expect(git.fetch("http://kiln.invalid/x.git")).rejects.toBeInstanceOf(SourceFault);

  expect(asked).toEqual([expect.stringContaining("kiln.invalid/x.git/info/refs")]);
});
