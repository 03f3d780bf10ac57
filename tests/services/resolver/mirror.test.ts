import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pause } from "#shared/pause.ts";
import { serve } from "#shared/runtime.ts";
import { connectMirror } from "../../../services/resolver/mirror.ts";
import { makeScratch } from "../../support/scratch.ts";

const { signal } = new AbortController();

test.each([
  ["https://mirror.example/{repo}/os/{arch}", "https://mirror.example/core/os/x86_64/core.db"],
  ["file:///srv/{arch}/{repo}/", "file:///srv/x86_64/core/core.db"],
])("in %s the database is at %s", (pattern, url) => {
  expect(connectMirror({ pattern, arch: "x86_64", signal, pause }).urlOf("core")).toBe(url);
});

test("a server's database comes once, until it changes", async () => {
  const modified = "Sat, 21 Nov 2026 00:00:00 GMT";
  await using server = await serve(
    (request) =>
      request.headers.get("if-modified-since") === modified
        ? new Response(null, { status: 304 })
        : new Response("database", { headers: { "last-modified": modified } }),
    "127.0.0.1",
    0,
  );
  const mirror = connectMirror({
    pattern: `http://127.0.0.1:${server.port}/{repo}`,
    arch: "x86_64",
    signal,
    pause,
  });

  const first = await mirror.download(mirror.urlOf("core"), null);
  const second = await mirror.download(mirror.urlOf("core"), modified);

  expect(first).toEqual({
    content: new Uint8Array(Buffer.from("database")),
    lastModified: modified,
  });
  expect(second).toBeUndefined();
});

test("a file's database comes once, until it changes", async () => {
  await using directory = await makeScratch();
  const path = join(directory.path, "core.db");
  const mirror = connectMirror({
    pattern: `file://${directory.path}`,
    arch: "x86_64",
    signal,
    pause,
  });
  await writeFile(path, "one");

  const first = await mirror.download(mirror.urlOf("core"), null);
  const second = await mirror.download(mirror.urlOf("core"), first?.lastModified ?? null);
  await utimes(path, 1, 1);
  const third = await mirror.download(mirror.urlOf("core"), first?.lastModified ?? null);

  expect([first, second, third].map((it) => it && String(Buffer.from(it.content)))).toEqual([
    "one",
    undefined,
    "one",
  ]);
});

test.each([
  ["http://127.0.0.1:1/{repo}", "cannot read http://127.0.0.1:1/core/core.db: "],
  ["file:///nonexistent/{repo}", "cannot read file:///nonexistent/core/core.db: ENOENT"],
])("%s cannot be read, and is named", async (pattern, message) => {
  const mirror = connectMirror({ pattern, arch: "x86_64", signal, pause });

  await expect(mirror.download(mirror.urlOf("core"), null)).rejects.toThrow(message);
});

test("what a server refuses is named", async () => {
  await using server = await serve(() => new Response("", { status: 404 }), "127.0.0.1", 0);
  const url = `http://127.0.0.1:${server.port}/core.db`;

  await expect(
    connectMirror({ pattern: "", arch: "x86_64", signal, pause }).download(url, null),
  ).rejects.toThrow(`cannot read ${url}: it answered 404 Not Found`);
});
