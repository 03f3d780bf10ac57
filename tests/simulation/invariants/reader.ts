import { gunzipSync } from "node:zlib";
import type { HttpApp } from "#shared/service/define.ts";
import { sha256Of } from "../blobs.ts";
import type { Observer } from "../observer.ts";

/** What a database promises of a package file. */
type Promised = { readonly filename: string; readonly sha256: string };

/** Downloads the database and its signature as a client that follows no redirect does, and then each file that it names. */
export const readRepository = async (
  database: HttpApp,
  files: () => HttpApp | undefined,
  { violated }: Observer,
) => {
  const response = await get(database, "serene.db");
  // Before the first generation there is none.
  if (response.status === 404) return;
  if (response.status !== 200)
    return violated("a reader sees a whole generation", `serene.db: status ${response.status}`);
  const text = gunzipSync(await response.bytes()).toString("latin1");
  // A newer database would wait for this request, and no time passes while the simulation reads.
  await get(database, "serene.db.sig");
  for (const { filename, sha256 } of promisesIn(text)) {
    const app = files();
    if (!app) return;
    const file = await get(app, filename);
    const found = sha256Of(await file.bytes());
    if (file.status !== 200 || found !== sha256)
      violated("a reader sees a whole generation", `${filename}: status ${file.status}`);
  }
};

const get = async (app: HttpApp, file: string) =>
  app.fetch(new Request(`http://kiln.example/x86_64/${file}`), () => undefined);

const promisesIn = (text: string): readonly Promised[] => {
  const valuesOf = (field: string) =>
    [...text.matchAll(new RegExp(`%${field}%\n(.*)\n`, "g"))].map(([, value = ""]) => value);
  const hashes = valuesOf("SHA256SUM");
  return valuesOf("FILENAME").map((filename, at) => ({ filename, sha256: hashes[at] ?? "" }));
};
