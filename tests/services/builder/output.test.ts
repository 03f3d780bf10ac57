import { zstdDecompressSync } from "node:zlib";
import { expect, test, vi } from "vitest";
import { Fault } from "#shared/fault.ts";
import { openOutput, zstd } from "../../../services/builder/output.ts";
import { makeWorld } from "../../support/world.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

const setup = async (refusals: Fault[] = []) => {
  const world = await makeWorld();
  const said: [index: number, text: string][] = [];
  const output = openOutput({ ...world, compress: zstd }, async (index, text) => {
    const refusal = refusals.shift();
    if (refusal) throw refusal;
    said.push([index, text]);
  });
  return { ...world, output, said };
};

test("output is said at once, what follows it within 100 ms together", async () => {
  await using it = await setup();

  it.output.write(bytes("one\n"));
  it.output.write(bytes("two\n"));
  it.output.write(bytes("three\n"));

  await vi.waitFor(() => expect(it.said).toHaveLength(2), { timeout: 15_000 });
  expect(it.said).toEqual([
    [0, "one\n"],
    [1, "two\nthree\n"],
  ]);
});

test("the end says what is left, and keeps the whole log", async () => {
  await using it = await setup();
  it.output.write(bytes("one\n"));
  it.output.say("two");

  const { log, outputs } = await it.output.end();

  const text = "one\n\n:: kiln :: two\n\n";
  expect(it.said.map(([, said]) => said).join("")).toBe(text);
  expect(outputs).toBe(it.said.length);
  expect(zstdDecompressSync(await it.blobs.bytes(log.sha256)).toString()).toBe(text);
});

test("a bus that is away is waited for", async () => {
  await using it = await setup([new Fault("unavailable", "away")]);
  it.output.write(bytes("one\n"));

  const { outputs } = await it.output.end();

  expect([outputs, it.said]).toEqual([1, [[0, "one\n"]]]);
});

test("a bus that refuses ends it with the refusal", async () => {
  await using it = await setup([new Fault("invalid", "no")]);
  it.output.write(bytes("one\n"));

  await expect(it.output.end()).rejects.toMatchObject({ kind: "invalid" });
});

test("disposing stops waiting for the bus", async () => {
  await using it = await setup(Array.from({ length: 9 }, () => new Fault("unavailable", "away")));
  it.output.write(bytes("one\n"));

  await it.output[Symbol.asyncDispose]();

  expect(it.said).toEqual([]);
});
