import type * as v from "valibot";
import type { Reader } from "#shared/state/state.ts";
import type { PackageList } from "#shared/views.ts";
import { listMembers, listPeeks } from "./store/list.ts";
import { viewPeek } from "./view-package.ts";

export const listPackages = async (read: Reader): Promise<v.InferOutput<typeof PackageList>> => {
  const [peeks, members] = await Promise.all([listPeeks(read), listMembers(read)]);
  return peeks.map((row) => viewPeek(row, members.get(row.base) ?? []));
};
