import type { Added } from "./add-package.ts";
import { serene } from "./http.ts";

/** serene's words for an add that came to nothing. What lies with the caller's source is 422. */
export const refuseAdd = (outcome: Exclude<Added, { kind: "added" }>) => {
  switch (outcome.kind) {
    case "exists":
      return serene.refuse(400, "package with the same base is already added");
    case "unknown":
      return serene.refuse(404, `aur package '${outcome.name}' does not exist${hint(outcome)}`);
    case "unmet":
      return serene.refuse(
        422,
        `failed to satisfy all dependencies for ${outcome.pkgbase}, missing are ${outcome.missing.join(", ")}`,
      );
    case "unusable":
      return serene.refuse(422, `failed to checkout source: ${outcome.message}`);
  }
};

const hint = ({ similar = [] }: { readonly similar?: readonly string[] }) =>
  similar.length > 0 ? `; the AUR has ${similar.join(", ")}` : "";
