import type { AddOutcome } from "#shared/state/adds.ts";
import type { Added } from "./add-package.ts";
import { serene } from "./http.ts";

type Refused = Exclude<Added, { kind: "added" }>;

export const refuseAdd = (outcome: Refused) =>
  serene.refuse(statuses[outcome.kind], messageOf(outcome));

/** What lies with the caller's source is 422, as in serene. */
const statuses: Record<Refused["kind"], number> = {
  exists: 400,
  unknown: 404,
  unmet: 422,
  unusable: 422,
};

/** serene's words for an add that came to nothing, and kiln's own for its own trouble. */
export const messageOf = (outcome: Exclude<AddOutcome, { kind: "added" }>) => {
  switch (outcome.kind) {
    case "exists":
      return "package with the same base is already added";
    case "unknown":
      return `aur package '${outcome.name}' does not exist${hint(outcome)}`;
    case "unmet":
      return `failed to satisfy all dependencies for ${outcome.pkgbase}, missing are ${outcome.missing.join(", ")}`;
    case "unusable":
      return `failed to checkout source: ${outcome.message}`;
    case "failed":
      return outcome.message;
  }
};

const hint = ({ similar = [] }: { readonly similar?: readonly string[] }) =>
  similar.length > 0 ? `; the AUR has ${similar.join(", ")}` : "";
