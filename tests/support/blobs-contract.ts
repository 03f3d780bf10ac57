import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { expect, test } from "vitest";
import type { Blobs } from "#shared/blobs/blobs.ts";
import { renewAfter } from "#shared/blobs/grace.ts";
import { Fault } from "#shared/fault.ts";
import type { BlobReference } from "#shared/model.ts";
import { minutes } from "#shared/time.ts";

export type Store = AsyncDisposable & {
  readonly blobs: Blobs;
  /** The same store as another process finds it, on a host that has seen none of it. */
  elsewhere(): Promise<Blobs>;
  /** Changes one bit of a blob, wherever its bytes are. */
  damage(sha256: string): Promise<void>;
  /** Sets the time of a blob, in milliseconds, wherever the store keeps it. */
  date(sha256: string, putAt: number): Promise<void>;
  /** The names of all that is kept. */
  names(): Promise<string[]>;
};

export const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

export async function* inPieces(...pieces: (Uint8Array | Error)[]) {
  for (const piece of pieces) {
    if (piece instanceof Error) throw piece;
    yield piece;
  }
}

export const collect = async (stream: ReadableStream<Uint8Array>) =>
  new Uint8Array(Buffer.concat(await Array.fromAsync(stream)));

const text = (it: string) => new TextEncoder().encode(it);
export const content = text("some content");
export const sha256 = hashOf(content);

const byHash = (a: BlobReference, b: BlobReference) => (a.sha256 < b.sha256 ? -1 : 1);

/** What every blob store promises. */
export const testBlobs = (open: () => Promise<Store>) => {
  test("what comes in pieces is kept under the hash of the whole, for everybody", async () => {
    await using store = await open();
    const large = new Uint8Array(3_000_000).fill(7);
    const whole = new Uint8Array([...content, ...large, ...content]);

    const reference = await store.blobs.put(inPieces(content, large, new Uint8Array(), content));

    expect(reference).toEqual({ sha256: hashOf(whole), bytes: whole.byteLength });
    for (const blobs of [store.blobs, await store.elsewhere()]) {
      expect(await blobs.has(reference.sha256)).toBe(true);
      expect(hashOf(await blobs.bytes(reference.sha256))).toBe(hashOf(whole));
      expect(hashOf(await collect(await blobs.read(reference.sha256)))).toBe(hashOf(whole));
      const { path, bytes } = await blobs.file(reference.sha256);
      expect([path, bytes]).toEqual([blobs.placeOf(reference.sha256), whole.byteLength]);
      expect((await stat(path)).mode & 0o777).toBe(0o444);
    }
  });

  test("nothing at all is a blob too", async () => {
    await using store = await open();

    const reference = await store.blobs.put(new Uint8Array());

    const blobs = await store.elsewhere();
    expect(reference).toEqual({ sha256: hashOf(new Uint8Array()), bytes: 0 });
    expect(await blobs.bytes(reference.sha256)).toEqual(new Uint8Array());
    expect(await collect(await blobs.read(reference.sha256))).toEqual(new Uint8Array());
    expect((await blobs.file(reference.sha256)).bytes).toBe(0);
  });

  test("twenty puts of one content at once keep one blob", async () => {
    await using store = await open();

    const puts = Array.from({ length: 20 }, () => store.blobs.put(inPieces(content)));

    const references = new Set((await Promise.all(puts)).map((reference) => reference.sha256));
    expect([...references]).toEqual([sha256]);
    expect(await store.names()).toEqual([sha256]);
  });

  test("content of another hash than expected is refused, and leaves nothing", async () => {
    await using store = await open();
    const other = hashOf(text("other"));

    const put = store.blobs.put(inPieces(content), other);

    const refusal = new Fault("invalid", `content hashes to ${sha256}, expected ${other}`);
    await expect(put).rejects.toEqual(refusal);
    expect(await store.names()).toEqual([]);
  });

  test("content of the expected hash is kept", async () => {
    await using store = await open();

    await store.blobs.put(inPieces(content), sha256);

    expect(await (await store.elsewhere()).bytes(sha256)).toEqual(content);
  });

  test("a put that fails midway leaves nothing", async () => {
    await using store = await open();
    const failure = new Error("the network went away");

    await expect(store.blobs.put(inPieces(content, failure))).rejects.toBe(failure);

    expect(await store.names()).toEqual([]);
  });

  test.each([
    ["before it was ever read", async () => {}],
    ["after it was checked", async ({ blobs }: Store) => void (await blobs.file(sha256))],
  ])("a bit flipped %s is noticed by every way to read", async (_, first) => {
    await using store = await open();
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

  test("a blob that was found damaged is replaced by a put of its content", async () => {
    await using store = await open();
    await store.blobs.put(content);
    await store.damage(sha256);
    await expect(store.blobs.bytes(sha256)).rejects.toMatchObject({ kind: "invalid" });

    await store.blobs.put(content);

    expect(await store.blobs.bytes(sha256)).toEqual(content);
    expect(await (await store.elsewhere()).bytes(sha256)).toEqual(content);
  });

  test.each([
    [{ start: 0, end: 4 }, "some"],
    [{ start: 5, end: 12 }, "content"],
    [{ start: 5, end: 100 }, "content"],
    [{ start: 3, end: 3 }, ""],
    [{ start: 12, end: 20 }, ""],
  ])("the range %j is %j", async (range, expected) => {
    await using store = await open();
    await store.blobs.put(content);
    const read = async (blobs: Blobs) =>
      new TextDecoder().decode(await collect(await blobs.read(sha256, range)));

    expect(await read(store.blobs)).toBe(expected);
    expect(await read(await store.elsewhere())).toBe(expected);
  });

  test("a blob that is not there is missing, by every way to read", async () => {
    await using store = await open();
    const missing = new Fault("missing", `the blob store has no blob ${sha256}`);

    await expect(store.blobs.bytes(sha256)).rejects.toEqual(missing);
    await expect(store.blobs.file(sha256)).rejects.toEqual(missing);
    await expect(store.blobs.read(sha256)).rejects.toEqual(missing);
    await expect(store.blobs.read(sha256, { start: 0, end: 4 })).rejects.toEqual(missing);
    await expect(store.blobs.read(sha256, { start: 3, end: 3 })).rejects.toEqual(missing);
    expect(await store.blobs.has(sha256)).toBe(false);
  });

  test.each(["", "../../etc/passwd", "A".repeat(64), `${"a".repeat(64)}/x`])(
    "%j is no sha256",
    async (name) => {
      await using store = await open();

      const refusal = new Fault("invalid", `${name} is not a sha256`);
      await expect(store.blobs.bytes(name)).rejects.toThrow(refusal);
      await expect(store.blobs.read(name)).rejects.toThrow(refusal);
      await expect(store.blobs.has(name)).rejects.toThrow(refusal);
      await expect(store.blobs.file(name)).rejects.toThrow(refusal);
    },
  );

  test("the list has every blob, with its size and the time of its put", async () => {
    await using store = await open();
    const before = Date.now();
    const references = [await store.blobs.put(content), await store.blobs.put(new Uint8Array())];

    const listed = await Array.fromAsync((await store.elsewhere()).list());

    const found = listed.map(({ sha256, bytes }) => ({ sha256, bytes }));
    expect(found.toSorted(byHash)).toEqual(references.toSorted(byHash));
    // S3's times are whole seconds.
    for (const { putAt } of listed) expect(putAt).toBeGreaterThanOrEqual(before - 1_000);
  });

  test("the list of a store that nothing was put into is empty", async () => {
    await using store = await open();

    expect(await Array.fromAsync(store.blobs.list())).toEqual([]);
  });

  test("a blob that is deleted is gone for everybody, until it is put again", async () => {
    await using store = await open();
    await store.blobs.put(content);
    await (await store.elsewhere()).file(sha256);

    const isDeleted = await store.blobs.delete(sha256, Date.now() + minutes(1));

    expect(isDeleted).toBe(true);
    expect(await store.names()).toEqual([]);
    expect(await store.blobs.has(sha256)).toBe(false);
    await expect(store.blobs.bytes(sha256)).rejects.toMatchObject({ kind: "missing" });
    await store.blobs.put(content);
    expect(await (await store.elsewhere()).bytes(sha256)).toEqual(content);
  });

  test("a blob that was put since is not deleted, and one that is not there neither", async () => {
    await using store = await open();
    await store.blobs.put(content);

    const deleted = [
      await store.blobs.delete(sha256, Date.now() - minutes(1)),
      await store.blobs.delete(hashOf(text("other")), Date.now()),
    ];

    expect(deleted).toEqual([false, false]);
    expect(await store.blobs.bytes(sha256)).toEqual(content);
  });

  test("a put of a blob that is there renews its time", async () => {
    await using store = await open();
    await store.blobs.put(content);
    const old = Date.now() - renewAfter - minutes(1);
    await store.date(sha256, old);

    await store.blobs.put(inPieces(content));

    expect(await store.blobs.delete(sha256, old + minutes(1))).toBe(false);
    const [listed] = await Array.fromAsync(store.blobs.list());
    expect(listed?.putAt).toBeGreaterThan(old + renewAfter);
    expect(await (await store.elsewhere()).bytes(sha256)).toEqual(content);
  });

  test("a store that blobs can be put into says so", async () => {
    await using store = await open();

    expect(await store.blobs.ping()).toBe(undefined);
  });
};
