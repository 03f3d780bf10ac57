import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, rename, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { openBlobs } from "#shared/blobs/open.ts";
import { Fault } from "#shared/fault.ts";
import { days } from "#shared/time.ts";
import { content, inPieces, sha256, testBlobs } from "../../support/blobs-contract.ts";
import { flipBit } from "../../support/flip-bit.ts";
import { makeScratch } from "../../support/scratch.ts";

const setup = async () => {
  const directory = await makeScratch();
  const { path } = directory;
  const open = () => openBlobs(`file:${path}`);
  const blobs = await open();
  return {
    path,
    blobs,
    elsewhere: open,
    names: async () =>
      (await readdir(path, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map(({ name }) => name),
    date: (sha256: string, putAt: number) =>
      utimes(blobs.placeOf(sha256), putAt / 1_000, putAt / 1_000),
    damage: (sha256: string) => flipBit(join(path, sha256.slice(0, 2), sha256)),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
};

testBlobs(setup);

test("a blob that is there is not written again", async () => {
  await using store = await setup();
  await store.blobs.put(content);
  const before = await stat(store.blobs.placeOf(sha256), { bigint: true });

  await store.blobs.put(inPieces(content), sha256);

  expect(await stat(store.blobs.placeOf(sha256), { bigint: true })).toMatchObject({
    ino: before.ino,
    ctimeNs: before.ctimeNs,
  });
});

test("a blob that is deleted while it is put again is put whole", async () => {
  await using store = await setup();
  await store.blobs.put(content);
  const old = Date.now() - days(30);
  await store.date(sha256, old);

  const puts = Array.from({ length: 20 }, () => store.blobs.put(content));
  const deleted = store.elsewhere().then((blobs) => blobs.delete(sha256, old + days(1)));

  await Promise.all([...puts, deleted]);
  expect(await store.blobs.bytes(sha256)).toEqual(content);
});

test("a blob that a process was deleting when it died is there again", async () => {
  await using store = await setup();
  const other = await store.blobs.put(Buffer.from("other"));
  await store.blobs.put(content);
  await mkdir(join(store.path, "leaving"));
  for (const hash of [sha256, other.sha256])
    await rename(store.blobs.placeOf(hash), join(store.path, "leaving", hash));

  const read = await (await store.elsewhere()).bytes(sha256);
  const listed = await Array.fromAsync(store.blobs.list());

  expect(read).toEqual(content);
  expect(listed.map((blob) => blob.sha256).toSorted()).toEqual([sha256, other.sha256].toSorted());
});

test("a damaged blob is replaced by a put of its content before anybody noticed", async () => {
  await using store = await setup();
  await store.blobs.put(content);
  await store.damage(sha256);

  await store.blobs.put(content);

  expect(await store.blobs.bytes(sha256)).toEqual(content);
});

test("what a process that died left half written goes at the first write of the next, and nothing else", async () => {
  await using store = await setup();
  const child = spawn("true");
  await once(child, "exit");
  await store.blobs.ping();
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
