import type * as v from "valibot";
import type { Reader } from "#shared/state/state.ts";
import type { PackageList } from "#shared/views.ts";
import { listMembers, listPeeks } from "./store/list.ts";
import { viewPeek } from "./view-package.ts";

/** The list of packages as JSON in UTF-8. */
export const listPackages = async (read: Reader) => {
  const [peeks, members] = await Promise.all([listPeeks(read), listMembers(read)]);
  const list: v.InferOutput<typeof PackageList> = peeks.map((row) =>
    viewPeek(row, members.get(row.base) ?? []),
  );
  return new TextEncoder().encode(JSON.stringify(list));
};
