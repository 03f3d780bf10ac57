import type { Added } from "./add-package.ts";
import { refusal } from "./problem.ts";

/** serene's words for an add that came to nothing. What lies with the caller's source is 422. */
export const refuseAdd = (outcome: Exclude<Added, { kind: "added" }>) => {
  switch (outcome.kind) {
    case "exists":
      return refusal(400, "package with the same base is already added");
    case "unknown":
      return refusal(404, `aur package '${outcome.name}' does not exist`);
    case "unmet":
      return refusal(
        422,
        `failed to satisfy all dependencies for ${outcome.pkgbase}, missing are ${outcome.missing.join(", ")}`,
      );
    case "unusable":
      return refusal(422, `failed to checkout source: ${outcome.message}`);
  }
};
