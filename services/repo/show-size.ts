import { reading } from "#shared/metrics/declare.ts";
import type { Repo } from "./context.ts";
import { publishedBytes, publishedPackages } from "./metrics.ts";
import { readSize } from "./store/current.ts";

/** What the repository holds. */
export const showSize = async ({ state }: Pick<Repo, "state">) => {
  const { packages, bytes } = await readSize(state.read);
  return [reading(publishedPackages, {}, packages), reading(publishedBytes, {}, bytes)];
};
