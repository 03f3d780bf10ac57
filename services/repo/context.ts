import pLimit from "p-limit";
import * as v from "valibot";
import { Arch, FileName } from "#shared/model.ts";
import type { Base, ContextOf, Tables } from "#shared/service/define.ts";
import { seconds } from "#shared/time.ts";
import { type Directory, openDirectory } from "./directory.ts";
import { openHandedOut } from "./handed-out.ts";
import type { ServedFile } from "./served-files.ts";
import { openSmallBodies } from "./small-bodies.ts";
import { openView } from "./view.ts";

export const Config = v.object({
  DATA_DIR: v.optional(v.string(), "./data"),
  /** The repository's name, as pacman.conf has it, and its databases'. */
  NAME: v.optional(
    v.pipe(
      v.string(),
      v.check((name) => v.is(FileName, name) && name.length < 200, "a name that a file may have"),
    ),
    "serene",
  ),
  ARCH: v.optional(Arch, "x86_64"),
});

/** Milliseconds for which files are served that left the repository: databases name them that are still in use. */
export const grace = seconds(600);

export const open = async (base: Base<typeof Config> & Tables) =>
  openWith(await openDirectory(base.config.DATA_DIR, base.newId), base);

export const openWith = async (
  directory: Directory,
  { blobs, config, now, pause, state }: Base<typeof Config> & Tables,
) => ({
  /** Changes of the repository, one after the other. */
  oneAtATime: pLimit(1),
  view: openView(state, config.NAME),
  smallBody: openSmallBodies(blobs),
  handedOut: openHandedOut({ now, pause }),
  directory,
  /** Changes of that directory, one after the other, and what it was last brought to. */
  showing: pLimit(1),
  shown: { files: new Map<string, ServedFile>(), generation: 0 },
});

export type Repo = ContextOf<typeof Config, Awaited<ReturnType<typeof open>>> & Tables;
