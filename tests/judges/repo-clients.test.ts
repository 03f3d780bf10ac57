import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { access, mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import { readDatabase } from "#shared/pacman/database-read.ts";
import { serve } from "#shared/runtime.ts";
import { generations } from "#shared/state/repo.ts";
import { signingKeys } from "#shared/state/signatures.ts";
import { webStream } from "#shared/web-stream.ts";
import { startNginx } from "../support/nginx.ts";
import { runProgram } from "../support/program.ts";
import { startRepo } from "../support/repo.ts";
import { makeScratch } from "../support/scratch.ts";
import { makeSignedPacman } from "../support/signed-pacman.ts";

const program = fileURLToPath(new URL("../support/publish-process.ts", import.meta.url));
const curl = "curl --silent --fail -L -C - -o %o %u";

/** What people set as XferCommand in pacman.conf(5); the second follows no redirect. */
const xferCommands = [
  curl,
  "curl --silent --fail -o %o %u",
  "wget --quiet --passive-ftp -c -O %o %u",
];

/** A repository that is served here, into which another process publishes all the while; nginx is before it. */
const setup = async () => {
  await using stack = new AsyncDisposableStack();
  const scratch = stack.use(await makeScratch());
  const child: ChildProcess = spawn(process.execPath, [program, scratch.path, "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  stack.defer(async () => {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  });
  let said = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  await vi.waitFor(() => expect(said).toContain("ended 5\n"), { timeout: 60_000 });

  const it = stack.use(
    await startRepo({}, { at: Date.now(), directory: scratch.path, alone: true }),
  );
  const { http } = it.running;
  if (!http) throw new Error("the repo serves nothing");
  const server = stack.use(await serve((...request) => http.fetch(...request), "127.0.0.1", 0));
  const nginx = stack.use(await startNginx(server.port, it.directory));
  const [key] = await it.world.state.read.select().from(signingKeys);
  const published = () => it.world.state.read.$count(generations);
  const resources = stack.move();
  return {
    directory: it.directory,
    mirror: join(scratch.path, "mirror"),
    published,
    urls: {
      kiln: `http://127.0.0.1:${server.port}/x86_64`,
      proxy: `${nginx.url}/aur/x86_64`,
      plain: `${nginx.url}/plain`,
    },
    user: (url: string) => makeSignedPacman("serene", url, key?.publicKey ?? ""),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

type It = Awaited<ReturnType<typeof setup>>;

/** Does something 15 times, and until 10 generations came meanwhile; gives what failed. */
const repeat = async (it: It, act: (round: number) => Promise<unknown>) => {
  const failures: unknown[] = [];
  const before = await it.published();
  for (let round = 0; round < 15 || (await it.published()) < before + 10; round++)
    await act(round).catch((error: unknown) => failures.push(error));
  return failures;
};

/**
 * Fetches a database and its signature as pacman from 6.1 on runs an XferCommand: one program after the other. (Earlier
 * ones ask for no signature then.) gpg decides, as it does for pacman.
 */
const fetchBy = async (command: string, url: string, user: Awaited<ReturnType<It["user"]>>) => {
  const file = join(user.root, "serene.db");
  for (const suffix of ["", ".sig"]) {
    const part = `${file}${suffix}.part`;
    const words = command.replace("%o", part).replace("%u", `${url}/serene.db${suffix}`).split(" ");
    await runProgram(words[0] ?? "", words.slice(1));
    await rename(part, `${file}${suffix}`);
  }
  await user.verify(file);
};

const roads = ["kiln", "proxy"] as const;

test.each(roads)(
  "pacman gets pairs that match from %s while another process publishes",
  async (from) => {
    await using it = await setup();
    await using user = await it.user(it.urls[from]);

    const failures = await repeat(it, (round) => user.pacman(round % 3 === 0 ? "-Fy" : "-Sy"));

    expect(failures).toEqual([]);
    await user.pacman("-Sy", "package-0-docs");
    expect(await user.pacman("-Q")).toMatch(/^package-0-docs 1\.\d+-1\n$/);
  },
  120_000,
);

test.each(roads)(
  "curl and wget as XferCommand get pairs that match from %s while another process publishes",
  async (from) => {
    await using it = await setup();
    await using user = await it.user(it.urls[from]);

    const failures: unknown[] = [];
    for (const command of xferCommands)
      failures.push(...(await repeat(it, () => fetchBy(command, it.urls[from], user))));

    expect(failures).toEqual([]);
  },
  120_000,
);

test("clients that look the same behind one proxy get pairs that match", async () => {
  await using it = await setup();
  await using stack = new AsyncDisposableStack();
  const users = await Promise.all([1, 2, 3].map(() => it.user(it.urls.proxy)));
  for (const user of users) stack.use(user);

  const failures = await Promise.all(
    users.map((user) => repeat(it, () => fetchBy(curl, it.urls.proxy, user))),
  );

  expect(failures).toEqual(users.map(() => []));
}, 120_000);

test("the proxy keeps packages, and no databases", async () => {
  await using it = await setup();
  const cached = async (path: string) => {
    const url = `${it.urls.proxy}/${path}`;
    await (await fetch(url)).arrayBuffer();
    const again = await fetch(url);
    await again.arrayBuffer();
    return again.headers.get("x-cache");
  };
  const found = await fetch(`${it.urls.proxy}/package/package-0`, { redirect: "manual" });
  const name = (found.headers.get("location") ?? "").replace("../", "");

  expect([await cached(name), await cached("serene.db"), await cached("serene.db.sig")]).toEqual([
    "HIT",
    "MISS",
    "MISS",
  ]);
}, 60_000);

/** Files that a database in a folder lists and that are not in it. */
const missingIn = async (folder: string) => {
  const missing: string[] = [];
  const database = webStream(createReadStream(join(folder, "serene.db")));
  for await (const { desc } of readDatabase(database))
    for (const name of [desc.filename, `${desc.filename}.sig`])
      await access(join(folder, name)).catch(() => missing.push(name));
  return missing;
};

test("every copy by rsync has databases and signatures that match, while another process publishes", async () => {
  await using it = await setup();
  await using user = await it.user(`file://${it.mirror}`);

  const failures = await repeat(it, async () => {
    await runProgram("rsync", ["-a", "--delete", `${it.directory}/`, it.mirror]);
    await user.pacman("-Syy");
    await user.pacman("-Fyy");
  });

  expect(failures).toEqual([]);
}, 120_000);

test("a copy that takes the link to the current generation first has all its packages at any moment", async () => {
  await using it = await setup();
  await mkdir(it.mirror);
  const next = join(it.mirror, ".next");
  const missing: string[] = [];

  const failures = await repeat(it, async () => {
    await runProgram("rsync", ["-a", join(it.directory, "current"), next]);
    const parts = ["--exclude=/current", "--exclude=/.next", `${it.directory}/`, it.mirror];
    await runProgram("rsync", ["-a", ...parts]);
    await rename(next, join(it.mirror, "current"));
    missing.push(...(await missingIn(it.mirror)));
  });

  expect([failures, missing]).toEqual([[], []]);
}, 120_000);
