import manifest from "../package.json" with { type: "json" };

/** kiln's own. What serene's clients are told is another: the API they check. */
export const kilnVersion = manifest.version;
