import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmod, readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { openBlobs } from "#shared/blobs/open.ts";
import { Fault } from "#shared/fault.ts";
import { makeScratch } from "../../support/scratch.ts";

const text = (it: string) => new TextEncoder().encode(it);
const hashOf = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");

async function* inPieces(...pieces: (Uint8Array | Error)[]) {
  for (const piece of pieces) {
    if (piece instanceof Error) throw piece;
    yield piece;
  }
}

const setup = async () => {
  const directory = await makeScratch();
  const { path } = directory;
  const placeOf = (sha256: string) => join(path, sha256.slice(0, 2), sha256);
  return {
    path,
    placeOf,
    blobs: await openBlobs(`file:${path}`),
    /** Every file there is. */
    files: async () =>
      (await readdir(path, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map(({ name }) => name),
    /** Changes one bit, and the time of the change with it. */
    async damage(sha256: string) {
      const place = placeOf(sha256);
      const content = await readFile(place);
      const before = (await stat(place, { bigint: true })).ctimeNs;
      content[0] = (content[0] ?? 0) ^ 1;
      await chmod(place, 0o644);
      await vi.waitFor(
        async () => {
          await writeFile(place, content);
          expect((await stat(place, { bigint: true })).ctimeNs).not.toBe(before);
        },
        { timeout: 15_000 },
      );
    },
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
};

const content = text("some content");
const sha256 = hashOf(content);

const collect = async (stream: ReadableStream<Uint8Array>) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
};

test("what comes in pieces is kept under the hash of the whole, read-only", async () => {
  await using store = await setup();
  const large = new Uint8Array(3_000_000).fill(7);

  const reference = await store.blobs.put(inPieces(content, large, new Uint8Array(), content));

  const whole = new Uint8Array([...content, ...large, ...content]);
  expect(reference).toEqual({ sha256: hashOf(whole), bytes: whole.byteLength });
  expect(hashOf(await store.blobs.bytes(reference.sha256))).toBe(hashOf(whole));
  expect(hashOf(await collect(await store.blobs.read(reference.sha256)))).toBe(hashOf(whole));
  const { path, bytes } = await store.blobs.file(reference.sha256);
  expect([path, bytes]).toEqual([store.placeOf(reference.sha256), whole.byteLength]);
  expect((await stat(path)).mode & 0o777).toBe(0o444);
});

test("nothing at all is a blob too", async () => {
  await using store = await setup();

  const reference = await store.blobs.put(new Uint8Array());

  expect(reference).toEqual({ sha256: hashOf(new Uint8Array()), bytes: 0 });
  expect(await store.blobs.bytes(reference.sha256)).toEqual(new Uint8Array());
  expect(await collect(await store.blobs.read(reference.sha256))).toEqual(new Uint8Array());
});

test("twenty puts of one content at once keep one blob", async () => {
  await using store = await setup();

  const puts = Array.from({ length: 20 }, () => store.blobs.put(inPieces(content)));

  const references = new Set((await Promise.all(puts)).map((reference) => reference.sha256));
  expect([...references]).toEqual([sha256]);
  expect(await store.files()).toEqual([sha256]);
});

test("a blob that is there is not written again", async () => {
  await using store = await setup();
  await store.blobs.put(content);
  const before = await stat(store.placeOf(sha256), { bigint: true });

  await store.blobs.put(inPieces(content), sha256);

  expect(await stat(store.placeOf(sha256), { bigint: true })).toMatchObject({
    ino: before.ino,
    ctimeNs: before.ctimeNs,
  });
});

test("a damaged blob is replaced by a put of its content", async () => {
  await using store = await setup();
  await store.blobs.put(content);
  await store.damage(sha256);

  await store.blobs.put(content);

  expect(await store.blobs.bytes(sha256)).toEqual(content);
});

test("content of another hash than expected is refused, and leaves nothing", async () => {
  await using store = await setup();
  const other = hashOf(text("other"));

  const put = store.blobs.put(inPieces(content), other);

  const refusal = new Fault("invalid", `content hashes to ${sha256}, expected ${other}`);
  await expect(put).rejects.toEqual(refusal);
  expect(await store.files()).toEqual([]);
});

test("a put that fails midway leaves nothing", async () => {
  await using store = await setup();
  const failure = new Error("the network went away");

  await expect(store.blobs.put(inPieces(content, failure))).rejects.toBe(failure);

  expect(await store.files()).toEqual([]);
});

test.each([
  ["before it was ever read", async () => {}],
  [
    "after it was checked",
    async ({ blobs }: Awaited<ReturnType<typeof setup>>) => void (await blobs.file(sha256)),
  ],
])("a bit flipped %s is noticed by every way to read", async (_, first) => {
  await using store = await setup();
  await store.blobs.put(content);
  await first(store);
  await store.damage(sha256);

  const damage = {
    kind: "invalid",
    message: expect.stringContaining(`blob ${sha256} is damaged`),
  };
  await expect(store.blobs.bytes(sha256)).rejects.toMatchObject(damage);
  await expect(store.blobs.file(sha256)).rejects.toMatchObject(damage);
  await expect(store.blobs.read(sha256).then(collect)).rejects.toMatchObject(damage);
});

test.each([
  [{ start: 0, end: 4 }, "some"],
  [{ start: 5, end: 12 }, "content"],
  [{ start: 5, end: 100 }, "content"],
  [{ start: 3, end: 3 }, ""],
  [{ start: 12, end: 20 }, ""],
])("the range %j is %j", async (range, expected) => {
  await using store = await setup();
  await store.blobs.put(content);

  const part = await collect(await store.blobs.read(sha256, range));

  expect(new TextDecoder().decode(part)).toBe(expected);
});

test("a blob that is not there is missing, by every way to read", async () => {
  await using store = await setup();
  const missing = new Fault("missing", `no blob ${sha256}`);

  await expect(store.blobs.bytes(sha256)).rejects.toEqual(missing);
  await expect(store.blobs.file(sha256)).rejects.toEqual(missing);
  await expect(store.blobs.read(sha256)).rejects.toEqual(missing);
  expect(await store.blobs.has(sha256)).toBe(false);
});

test.each(["", "../../etc/passwd", "A".repeat(64), `${"a".repeat(64)}/x`])(
  "%j is no sha256",
  async (name) => {
    await using store = await setup();

    await expect(store.blobs.bytes(name)).rejects.toThrow(
      new Fault("invalid", `${name} is not a sha256`),
    );
  },
);

test("what a process that died left half written goes at the first write of the next, and nothing else", async () => {
  await using store = await setup();
  const child = spawn("true");
  await once(child, "exit");
  const pending = Promise.withResolvers<void>();
  const putting = store.blobs.put(
    (async function* () {
      yield content;
      await pending.promise;
    })(),
  );
  const incoming = join(store.path, "incoming");
  const [own = ""] = await vi.waitUntil(async () => {
    const names = await readdir(incoming);
    return names.length > 0 && names;
  });
  const parts = own.split(",");
  const dead = parts.with(2, `${child.pid}`).join(",");
  const earlierRun = parts.with(3, "another run").join(",");
  const elsewhere = ["another host", ...parts.slice(1)].join(",");
  const longAgo = `${elsewhere}-old`;
  for (const name of [dead, earlierRun, elsewhere, longAgo])
    await writeFile(join(incoming, name), "half");
  await utimes(join(incoming, longAgo), 0, 0);

  await (await openBlobs(`file:${store.path}`)).ping();

  expect((await readdir(incoming)).toSorted()).toEqual([own, elsewhere].toSorted());
  pending.resolve();
  expect((await putting).sha256).toBe(sha256);
});

test("opening makes nothing, and a store that can be written to says so", async () => {
  await using store = await setup();
  const path = join(store.path, "new");

  const blobs = await openBlobs(`file:${path}`);

  expect(await blobs.has(sha256)).toBe(false);
  expect(await readdir(store.path)).toEqual([]);
  expect(await blobs.ping()).toBe(undefined);
  expect(await readdir(join(path, "incoming"))).toEqual([]);
});

test("where no directory can be, nothing can be kept for now", async () => {
  await using store = await setup();
  await writeFile(join(store.path, "file"), "");
  const path = join(store.path, "file", "blobs");
  const blobs = await openBlobs(`file:${path}`);

  const refusal = new Fault(
    "unavailable",
    `no blob can be written into ${path} (ENOTDIR); mend that`,
  );
  await expect(blobs.put(content)).rejects.toEqual(refusal);
  await expect(blobs.ping()).rejects.toEqual(refusal);
});
