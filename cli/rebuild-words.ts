import type { RebuildInfo, RebuildStatus } from "#shared/views.ts";
import type { Colours } from "./colours.ts";
import { oneLine } from "./printable.ts";
import { ago } from "./times.ts";

/** What the newest rebuild of what is published now proved. */
export const verdictOf = (rebuilds: readonly RebuildInfo[], now: number) => {
  const found = rebuilds.find(({ current, status }) => current && status !== null);
  if (!found?.status) return "not yet";
  const when = ago(found.ended ?? found.ordered, now);
  return `${found.status}, ${when}${found.message ? `: ${oneLine(found.message)}` : ""}`;
};

export const paintStatus = (status: RebuildStatus, colours: Colours) =>
  status === "GOOD" ? colours.green : colours.red;
