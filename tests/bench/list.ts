import { join } from "node:path";
import { makeScratch } from "../support/scratch.ts";
import { fillDirectory } from "./fill.ts";
import { secret, startKiln } from "./kiln.ts";
import { type Figure, ms, perSecond, published, report, timed } from "./measure.ts";
import { load } from "./wrk.ts";

// How many requests a second the API answers with 1,000 packages of three builds each, all of kiln in one process.
// Run by hand: bun tests/bench/list.ts

const headers = { authorization: secret };
const figures: Figure[] = [];

await using scratch = await makeScratch();
const directory = join(scratch.path, "data");
await fillDirectory(directory, 1_000);

for (const readable of ["false", "true"]) {
  await using kiln = await startKiln(directory, { ALLOW_READS: readable });
  const given = readable === "true" ? {} : { headers };
  const terms = readable === "true" ? "ALLOW_READS" : "with a secret";
  for (const connections of [16, 32]) {
    const list = await load(`${kiln.url}/package/list`, { connections, ...given });
    const one = await load(`${kiln.url}/package/package-00500`, { connections, ...given });
    figures.push(
      {
        what: `GET /package/list, ${terms}, ${connections} clients`,
        kiln: perSecond(list.requests),
        beside: published("serene", "9.8/s with 1,001 packages"),
        wanted: "1,000/s",
        reached: list.requests >= 1_000,
      },
      {
        what: `GET /package/{b}, ${terms}, ${connections} clients`,
        kiln: perSecond(one.requests),
        beside: published("serene", "11,661/s with 1,001 packages"),
        wanted: "11,000/s",
        reached: one.requests >= 11_000,
      },
    );
  }

  const loading = load(`${kiln.url}/package/list`, { seconds: 6, ...given });
  const shown: boolean[] = [];
  for (let nth = 0; nth < 20; nth++) {
    const name = `package-${String(nth * 7).padStart(5, "0")}`;
    const order = { packages: [name], clean: true, resolve: false, force: true };
    await kiln.post("/build", order);
    const list: unknown = await (await kiln.request("/package/list")).json();
    const row = Array.isArray(list) ? list.find(({ base }) => base === name) : undefined;
    shown.push(Date.parse(row?.build.started) > 1_000_000);
  }
  await loading;
  figures.push({
    what: `20 orders under load, ${terms}: shown in the very next list`,
    kiln: `${shown.filter(Boolean).length} of 20`,
    wanted: "20",
    reached: shown.every(Boolean),
  });
  const alone = await timed(() => kiln.request("/package/list").then((it) => it.text()));
  figures.push({ what: `one GET /package/list alone, ${terms}`, kiln: ms(alone) });
}
report("The API with 1,000 packages", figures);
