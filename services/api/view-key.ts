import type { KeyInfo } from "#shared/recipe-views.ts";
import type { KeyRow } from "./store/source-keys.ts";
import { timeOf } from "./view-build.ts";

export const viewKey = ({ fingerprint, users, addedAt }: KeyRow): KeyInfo => ({
  fingerprint,
  users: users.split("\n").filter(Boolean),
  added: timeOf(addedAt),
});
