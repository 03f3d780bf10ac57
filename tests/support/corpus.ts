import { existsSync } from "node:fs";
import { test } from "vitest";

const folder = new URL("../../../shared/corpus/", import.meta.url);

/** Real data that is no part of the sources: a file of `../shared/corpus`. */
export const corpusFile = (name: string) => new URL(name, folder);

/** A test that needs the corpus: skipped, saying so, where it is absent, but never under CI. */
export const corpusTest = (name: string, body: () => Promise<void> | void, timeout = 20_000) =>
  test(name, { timeout }, async (context) => {
    if (!existsSync(folder) && !process.env.CI) context.skip("no corpus at ../shared/corpus");
    await body();
  });
