import * as v from "valibot";

/** `SYNC_MIRROR`: where the databases of core, extra and multilib are; `file://` too. */
export const syncMirror = v.optional(
  v.pipe(
    v.string(),
    v.regex(/^(https?|file):\/\//, "an http, https or file URL with {repo} and {arch}"),
  ),
  "https://mirror.init7.net/archlinux/{repo}/os/{arch}",
);
