import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { bundle } from "#shared/runtime.ts";
import { fillPkgbuild } from "./fill-pkgbuild.ts";
import type { SourceFile } from "./source-files.ts";

const tree = new URL("../../", import.meta.url);

const read = (path: string) => readFile(new URL(path, tree), "utf8");

const PackageFile = v.object({ version: v.string() });

/** What runs a server is no part of an installed command line. */
const external = ["*/start.ts"];

/** The source of the package `kiln-cli`: the running tree's command line in one file, for Node. */
export const readCommandLine = async (): Promise<{ files: SourceFile[]; revision: string }> => {
  const script = withoutPaths(await bundle(fileURLToPath(new URL("cli/kiln.ts", tree)), external));
  const license = await read("LICENSE");
  const { version } = v.parse(PackageFile, JSON.parse(await read("package.json")));
  const contents = {
    PKGBUILD: fillPkgbuild(await read("runner/kiln-cli/PKGBUILD"), {
      version,
      "kiln.mjs": sha256(script),
      LICENSE: sha256(license),
    }),
    "kiln.mjs": script,
    LICENSE: license,
  };
  const files = Object.entries(contents).map(([path, text]) => ({
    path,
    kind: "file" as const,
    content: Buffer.from(text),
  }));
  return { files, revision: sha256(contents.PKGBUILD) };
};

/** The bundler names each file in a comment, relative to the working directory. */
const withoutPaths = (script: string) => script.replace(/^\/\/ \S+\.(?:[cm]?[jt]sx?|json)\n/gm, "");

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
