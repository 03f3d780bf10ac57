import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { returnedPromises } from "./support/returned-promises.ts";
import { makeScratch } from "./support/scratch.ts";

const project = { compilerOptions: { target: "esnext", types: [], noEmit: true }, include: ["."] };

const shapes = `
declare const work: () => Promise<number>;
declare const now: () => number;
declare const open: () => AsyncDisposable & Disposable;
declare const stream: AsyncIterable<number>;
export const inTry = async () => {
  try {
    return work(); // lost
  } catch {
    return work();
  }
};
export const inCatch = async () => {
  try {
    return await work();
  } catch {
    return work(); // lost
  } finally {
    now();
  }
};
export const inUsing = async () => {
  if (now() > 1) return work();
  // Ends with the scope.
  await using it = open();
  if (now() > 2) return work(); // lost
  return { work: () => { return work(); } };
};
export function inSynchronousUsing() {
  using it = open();
  return now() > 2 ? work() : undefined; // lost
}
export const inLoop = async () => {
  for (const _ of [1]) if (now() > 3) return work();
  for await (const _ of stream) if (now() > 4) return work(); // lost
  for await (const _ of stream) if (now() > 4) return now();
  return work();
};
`;

test("a promise that is returned before what it needs is cleaned up is found", async () => {
  await using scratch = await makeScratch();
  await writeFile(join(scratch.path, "tsconfig.json"), JSON.stringify(project));
  await writeFile(join(scratch.path, "shapes.ts"), shapes);

  const places = await returnedPromises(scratch.path, () => true);

  const lost = shapes.split("\n").flatMap((line, at) => (line.endsWith("// lost") ? [at + 1] : []));
  expect(places).toEqual(lost.map((line) => `shapes.ts:${line}`).sort());
});

test("no promise is returned before what it needs is cleaned up", async () => {
  const places = await returnedPromises(".", (path) => !path.startsWith("node_modules"));

  expect(places).toEqual([]);
});
