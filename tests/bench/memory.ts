import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { makeScratch } from "../support/scratch.ts";
import { fillDirectory } from "./fill.ts";
import { startKiln } from "./kiln.ts";
import { mebibytes, memoryOf, published, report } from "./measure.ts";

// How much memory all of kiln in one process holds, with its nats-server. Run by hand: bun tests/bench/memory.ts [seconds]

const idle = Number(process.argv[2] ?? 60);

/** What a process and all it started hold. */
const held = async (pid: number): Promise<number> => {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  const each = await Promise.all(children.split(" ").filter(Boolean).map(Number).map(held));
  return each.reduce((sum, bytes) => sum + bytes, (await memoryOf(pid)).now);
};

const measure = async (packages: number) => {
  await using scratch = await makeScratch();
  const directory = join(scratch.path, "data");
  if (packages > 0) await fillDirectory(directory, packages);
  await using kiln = await startKiln(directory, { ALLOW_READS: "true", SIGN_KEY_GENERATE: "true" });
  await after(idle * 1_000);
  const [own, all] = [(await memoryOf(kiln.pid)).now, await held(kiln.pid)];
  for (let nth = 0; nth < 100; nth++) await (await kiln.request("/package/list")).arrayBuffer();
  return { own, all, listed: await held(kiln.pid) };
};

const [empty, full] = [await measure(0), await measure(1_000)];
const figure = (what: string, bytes: number, beside?: string) => ({
  ...{ what, kiln: mebibytes(bytes), ...(beside && { beside }) },
  ...{ wanted: "under 200 MB", reached: bytes < 200e6 },
});
report("Memory of all of kiln in one process, with nats-server", [
  figure(`idle for ${idle} s, no packages`, empty.all, published("serene", "25 MB")),
  { what: "of that, nats-server and what starts it", kiln: mebibytes(empty.all - empty.own) },
  figure("after 100 lists, no packages", empty.listed),
  figure(`idle for ${idle} s, 1,000 packages`, full.all),
  figure("after 100 lists of 1,000 packages", full.listed, published("serene", "206 MB")),
]);
