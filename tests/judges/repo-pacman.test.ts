import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { serve } from "#shared/runtime.ts";
import { artifacts } from "#shared/state/repo.ts";
import { signingKeys } from "#shared/state/signatures.ts";
import { startRepo } from "../support/repo.ts";
import { insertPackage } from "../support/rows.ts";
import { makeSignedPacman } from "../support/signed-pacman.ts";

type From = "http" | "file";

const setup = async (from: From = "http") => {
  await using stack = new AsyncDisposableStack();
  const it = stack.use(await startRepo({ SIGN_KEY_GENERATE: "true" }, { at: Date.now() }));
  const requests: string[] = [];
  const server = stack.use(
    await serve(
      async (request) => {
        const { pathname } = new URL(request.url);
        const response = await it.fetch(pathname, request);
        requests.push(`${response.status} ${pathname}`);
        return response;
      },
      "127.0.0.1",
      0,
    ),
  );
  for (const name of ["foo", "bar"]) await insertPackage(it.world.state, name);
  await it.publish();
  const [key] = await it.world.state.read.select().from(signingKeys);
  const url = from === "http" ? `http://127.0.0.1:${server.port}/x86_64` : `file://${it.directory}`;
  const user = stack.use(await makeSignedPacman("serene", url, key?.publicKey ?? ""));
  const resources = stack.move();
  return { ...it, ...user, requests, [Symbol.asyncDispose]: () => resources.disposeAsync() };
};

test.each<From>(["http", "file"])(
  "pacman installs from %s, requiring signatures of databases and packages",
  async (from) => {
    await using it = await setup(from);

    await it.pacman("-Sy");
    const list = await it.pacman("-Sl", "serene");
    const info = await it.pacman("-Si", "foo");
    await it.pacman("-S", "foo");

    expect(list).toBe("serene foo 1.0-1\n");
    expect(info).toContain("Validated By    : SHA-256 Sum  Signature");
    expect(await readFile(join(it.root, "usr/share/foo"), "utf8")).toBe("hello");
    expect(await it.pacman("-Q")).toBe("foo 1.0-1\n");
  },
  60_000,
);

test("pacman reads what packages install from the files database", async () => {
  await using it = await setup();

  await it.pacman("-Fy");

  expect(await it.pacman("-Fl", "foo")).toBe("foo usr/\nfoo usr/share/\nfoo usr/share/foo\n");
});

test("pacman upgrades to a new version, and downloads with the old database for a while", async () => {
  await using it = await setup();
  await it.pacman("-Sy");
  await it.publish({ version: "1.0-2", content: "again" });

  await it.pacman("-Sw", "foo");
  await it.pacman("-Syu", "foo");

  expect((await readdir(it.cache)).filter((name) => name.endsWith(".gz")).sort()).toEqual([
    "foo-1.0-1-x86_64.pkg.tar.gz",
    "foo-1.0-2-x86_64.pkg.tar.gz",
  ]);
  expect(await readFile(join(it.root, "usr/share/foo"), "utf8")).toBe("again");
});

test("an unchanged database is not sent again, though pacman is redirected to it", async () => {
  await using it = await setup();
  await it.pacman("-Sy");
  it.requests.length = 0;

  await it.pacman("-Sy");

  expect(it.requests.slice(0, 2)).toEqual([
    "307 /x86_64/serene.db",
    expect.stringMatching(/^304 \/x86_64\/generation\/\d+\/serene\.db$/),
  ]);
});

test("pacman refuses a package whose plain file has a flipped bit, and the server does not send it", async () => {
  await using it = await setup();
  await it.pacman("-Sy");
  const [row] = await it.world.state.read.select().from(artifacts);
  const path = join(it.directory, row?.filename ?? "");
  const bytes = await readFile(path);
  bytes[20] = (bytes[20] ?? 0) ^ 1;
  await writeFile(path, bytes);

  const installed = it.pacman("-S", "foo");

  await expect(installed).rejects.toThrow("failed to commit transaction");
});

test("pacman that polls all the while sees only whole, signed generations", async () => {
  await using it = await setup();
  let version = 1;
  let done = false;
  const publishing = (async () => {
    while (!done) await it.publish({ pkgbase: "bar", version: `1.${version++}-1` });
  })();

  const failures: unknown[] = [];
  for (let round = 0; round < 40; round++)
    await it
      .pacman(round % 4 === 0 ? "-Syy" : "-Sy")
      .catch((error: unknown) => failures.push(error));
  done = true;
  await publishing;

  expect(failures).toEqual([]);
  expect(version).toBeGreaterThan(20);
}, 120_000);
