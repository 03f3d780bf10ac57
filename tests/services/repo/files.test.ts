import { randomBytes } from "node:crypto";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { serve } from "#shared/runtime.ts";
import { artifacts } from "#shared/state/repo.ts";
import { startRepo } from "../../support/repo.ts";
import { insertPackage } from "../../support/rows.ts";

const small = "/x86_64/foo-1.0-1-x86_64.pkg.tar.gz";

const setup = async (content: string | Uint8Array = "hello") => {
  const it = await startRepo({ SIGN_KEY_GENERATE: "true" });
  await insertPackage(it.world.state, "foo");
  await it.publish({ content });
  const [row] = await it.world.state.read.select().from(artifacts);
  const bytes = Buffer.from(await it.world.blobs.bytes(row?.sha256 ?? ""));
  return { ...it, bytes, etag: `"${row?.sha256}"` };
};

const headersOf = ({ headers }: Response) => ({
  type: headers.get("content-type"),
  disposition: headers.get("content-disposition"),
  ranges: headers.get("accept-ranges"),
});

test.each([
  ["small", "hello"],
  ["large", randomBytes(100_000)],
])(
  "a %s package file is served whole, in parts, and not at all when it is known",
  async (_size, content) => {
    await using it = await setup(content);

    const whole = await it.fetch(small);
    const part = await it.fetch(small, { headers: { range: "bytes=10-19" } });
    const known = await it.fetch(small, { headers: { "if-none-match": it.etag } });
    const beyond = await it.fetch(small, { headers: { range: "bytes=1000000-" } });

    expect(Buffer.from(await whole.arrayBuffer())).toEqual(it.bytes);
    expect(headersOf(whole)).toEqual({
      type: "application/octet-stream",
      disposition: 'attachment; filename="foo-1.0-1-x86_64.pkg.tar.gz"',
      ranges: "bytes",
    });
    expect([part.status, part.headers.get("content-range")]).toEqual([
      206,
      `bytes 10-19/${it.bytes.length}`,
    ]);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(it.bytes.subarray(10, 20));
    expect([known.status, known.headers.get("etag"), await known.text()]).toEqual([
      304,
      it.etag,
      "",
    ]);
    expect([beyond.status, beyond.headers.get("content-range")]).toEqual([
      416,
      `bytes */${it.bytes.length}`,
    ]);
  },
);

test("over a socket HEAD tells the length, and GET has it, of small and large files", async () => {
  await using it = await setup(randomBytes(100_000));
  await using server = await serve(
    (request) => it.fetch(new URL(request.url).pathname, { method: request.method }),
    "127.0.0.1",
    0,
  );
  const lengths = async (path: string) => {
    const url = `http://127.0.0.1:${server.port}/x86_64/${path}`;
    const head = await fetch(url, { method: "HEAD" });
    const got = await fetch(url);
    return [Number(head.headers.get("content-length")), (await got.arrayBuffer()).byteLength];
  };

  const [large, database] = [
    await lengths("foo-1.0-1-x86_64.pkg.tar.gz"),
    await lengths("serene.db"),
  ];

  expect(large).toEqual([it.bytes.length, it.bytes.length]);
  expect(database[0]).toBe(database[1]);
  expect(database[0]).toBeGreaterThan(100);
});

test("a database has the time of its generation, and is not sent to who has it", async () => {
  await using it = await setup();

  const { headers } = await it.fetch("/x86_64/serene.db");
  const since = headers.get("last-modified") ?? "";
  const again = await it.fetch("/x86_64/serene.db", { headers: { "if-modified-since": since } });

  expect(since).toMatch(/ GMT$/);
  expect(again.status).toBe(304);
});

test("a signature has its own type", async () => {
  await using it = await setup();

  const response = await it.fetch("/x86_64/serene.db.tar.gz.sig");

  expect(headersOf(response)).toEqual({
    type: "application/pgp-signature",
    disposition: 'attachment; filename="serene.db.tar.gz.sig"',
    ranges: "bytes",
  });
});

test.each([
  ["/x86_64/nope.db", 404, ""],
  ["/x86_64/../authorized_secrets", 404, ""],
  ["/x86_64/%2e%2e/authorized_secrets", 404, ""],
  ["/x86_64/..%2fauthorized_secrets", 404, ""],
  ["/x86_64/generation/99/serene.db", 404, ""],
  ["/x86_64/generation/1/foo-1.0-1-x86_64.pkg.tar.gz", 404, ""],
  ["/aarch64/package/foo", 400, "architecture 'aarch64' is not supported by this server"],
  ["/x86_64/package/bar", 404, "package 'bar' does not exist or is not yet built"],
])("%s is %i", async (path, status, text) => {
  await using it = await setup();

  const response = await it.fetch(path);

  expect([response.status, await response.text()]).toEqual([status, text]);
});

test("a package name leads to its file", async () => {
  await using it = await setup();

  const response = await it.fetch("/x86_64/package/foo");

  expect([response.status, response.headers.get("location")]).toEqual([
    307,
    "../foo-1.0-1-x86_64.pkg.tar.gz",
  ]);
});

test.each([
  ["/x86_64", "x86_64/a%2Bb.db"],
  ["/x86_64/", "./a%2Bb.db"],
])("%s lists the files by relative links, with what is in a name escaped", async (path, link) => {
  await using it = await startRepo({ NAME: "a+b" });

  const response = await it.fetch(path);

  const page = await response.text();
  expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(page).toContain(`<h1>Index of ${path}</h1>`);
  expect(page).toContain(`<a href="${link}">a+b.db</a>`);
});

test("the repository's public key lies beside its databases, while there is one", async () => {
  await using signed = await setup();
  await using unsigned = await startRepo();

  const key = await signed.fetch("/x86_64/serene.asc");
  const absent = await unsigned.fetch("/x86_64/serene.asc");

  expect([key.status, key.headers.get("content-type")]).toEqual([200, "application/pgp-keys"]);
  expect(await key.text()).toMatch(/^-----BEGIN PGP PUBLIC KEY BLOCK-----\n/);
  expect(absent.status).toBe(404);
});

test("a damaged file is not served", async () => {
  await using it = await setup(randomBytes(100_000));
  const path = it.world.blobs.placeOf(it.etag.slice(1, -1));
  const bytes = await readFile(path);
  bytes[5000] = (bytes[5000] ?? 0) ^ 1;
  await chmod(path, 0o644);
  await writeFile(path, bytes);

  const response = await it.fetch(small);

  expect([response.status, await response.text()]).toEqual([
    500,
    expect.stringContaining("is damaged"),
  ]);
});

test("what is not read is not there, as in serene", async () => {
  await using it = await startRepo();

  const response = await it.fetch("/x86_64/serene.db", { method: "POST" });

  expect([response.status, await response.text()]).toEqual([404, ""]);
});
