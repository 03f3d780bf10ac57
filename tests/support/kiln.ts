import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import * as v from "valibot";
import { expect, inject, vi } from "vitest";
import { hashOf } from "#shared/secret.ts";
import { minutes } from "#shared/time.ts";
import { BuildInfo } from "#shared/views.ts";
import { type Runtime, runtimeEnvironment, runtimes } from "./runtimes.ts";
import { makeScratch } from "./scratch.ts";

export const secret = "the-secret-of-the-tests";

const checkout = resolve(import.meta.dirname, "../..");

/** What every kiln of the tests runs with: the tests' engine and mirror, a key of its own, a free port. */
export const environmentOf = (directory: string) => ({
  DATA_DIR: directory,
  PORT: "0",
  DOCKER_URL: inject("dockerUrl"),
  RUNNER_IMAGE: inject("runnerImage"),
  SYNC_MIRROR: inject("mirror"),
  SIGN_KEY_GENERATE: "true",
  BUILD_CLI: "false",
  REBUILD_PUBLISHED: "false",
  PACKAGER: "kiln <kiln@kiln.example>",
});

/** A data directory with the tests' secret in it; what kilns leave in it goes with it. */
export const makeDataDirectory = async () => {
  const scratch = await makeScratch();
  const path = join(scratch.path, "data");
  await mkdir(path);
  await writeFile(join(path, "authorized_secrets"), `${await hashOf(secret)} tests\n`);
  return { path, [Symbol.asyncDispose]: () => scratch[Symbol.asyncDispose]() };
};

/**
 * All of kiln, or one of its services, as a process of its own, ready to work. Disposing stops it as Ctrl-C does.
 */
export const startKiln = async (
  directory: string,
  environment: Readonly<Record<string, string>> = {},
  sources = "services/all.ts",
  runtime: Runtime = "bun",
) => {
  // Should the tests be killed, no kiln of theirs stays.
  const program = ["--pdeathsig", "KILL", "--", ...runtimes[runtime], sources];
  const child = spawn("setpriv", program, {
    cwd: checkout,
    env: {
      ...process.env,
      ...runtimeEnvironment,
      ...environmentOf(directory),
      ...environment,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const lines: string[] = [];
  const url = await new Promise<string>((ready, fail) => {
    createInterface(child.stdout).on("line", (line) => {
      lines.push(line);
      const { event, url } = v.parse(Line, JSON.parse(line));
      if (event === "ready" && url !== undefined) ready(url);
    });
    ended.then(() => fail(new Error(`kiln ended: ${lines.slice(-5).join("\n")}`)));
  });
  const kiln = clientOf(url, {}, lines);
  return {
    ...kiln,
    pid: child.pid ?? 0,
    lines,
    /** As Ctrl-C does; says the exit code. */
    async stop() {
      child.kill("SIGTERM");
      await ended;
      return child.exitCode;
    },
    /** As the power goes: no handler runs. */
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGTERM");
      await ended;
    },
  };
};

const Line = v.object({ event: v.optional(v.string()), url: v.optional(v.string()) });

/** What a person with the secret asks of a kiln. */
export const clientOf = (
  url: string,
  options: BunFetchRequestInit = {},
  lines: readonly string[] = [],
) => {
  const request = (path: string, init: RequestInit = {}) =>
    fetch(`${url}${path}`, {
      ...options,
      ...init,
      headers: { authorization: secret, ...init.headers },
    });
  const post = (path: string, body: unknown) =>
    request(path, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
  const buildsOf = async (pkgbase: string) => {
    const answer = await request(`/package/${pkgbase}/build`);
    return v.parse(v.array(BuildInfo), await answer.json());
  };
  /** The newest build of each package, when all have ended. */
  const ends = async (...packages: string[]) => {
    await vi.waitFor(
      async () => {
        const newest = await Promise.all(packages.map(async (it) => (await buildsOf(it))[0]));
        const ended = newest.map((build) => build?.ended ?? null);
        expect(ended, `kiln said last:\n${lines.slice(-30).join("\n")}\n`).not.toContain(null);
      },
      { timeout: minutes(3), interval: 200 },
    );
    const builds = await Promise.all(packages.map(buildsOf));
    return Object.fromEntries(packages.map((it, index) => [it, builds[index]?.[0]?.state]));
  };
  /** Where the newest build of a package is: its state, and the last heading of its log. */
  const stepOf = async (pkgbase: string) => {
    const [build] = await buildsOf(pkgbase);
    const answer = await request(`/package/${pkgbase}/build/latest/logs`);
    const log = answer.ok ? v.parse(v.string(), await answer.json()) : "";
    const heading = log.split("\n").findLast((line) => line.startsWith(":: kiln ::")) ?? "";
    return `${build?.state.state} ${heading}`;
  };
  return { url, request, post, buildsOf, ends, stepOf };
};

/** A PKGBUILD that installs one text file; lines go before its functions. */
export const pkgbuildOf = (pkgname: string, lines: readonly string[] = [], build = ":") =>
  [
    `pkgname=${pkgname}`,
    ...["pkgver=1", "pkgrel=1", "arch=(any)", "license=(MIT)", `pkgdesc='a test'`, ...lines],
    `build() { ${build}; }`,
    `package() { install -Dm644 /dev/stdin "$pkgdir/usr/share/${pkgname}/text" <<< ${pkgname}; }`,
    "",
  ].join("\n");
