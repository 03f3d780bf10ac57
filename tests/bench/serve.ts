import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "../support/free-port.ts";
import { startRepo } from "../support/repo.ts";
import { insertPackage } from "../support/rows.ts";
import { makeScratch } from "../support/scratch.ts";
import { startKiln } from "./kiln.ts";
import { type Figure, mebibytes, median, perSecond, report, untilServed } from "./measure.ts";
import { load } from "./wrk.ts";

// How fast all of kiln in one process serves a package file of 200 MB and one of 2 kB, beside nginx with the same files.
// Run by hand: bun tests/bench/serve.ts [rounds]; nginx by apt-get install nginx-light

const rounds = Number(process.argv[2] ?? 5);

const startNginx = async (directory: string, root: string) => {
  const config = join(directory, "nginx.conf");
  const port = await freePort();
  await writeFile(
    config,
    `daemon off; error_log stderr; pid ${directory}/nginx.pid; worker_processes auto; events {}
    http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000;
      server { listen 127.0.0.1:${port}; root ${root}; } }`,
  );
  const server = spawn("/usr/sbin/nginx", ["-c", config], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const died = once(server, "exit").then(() => Promise.reject(new Error("nginx ended")));
  died.catch(() => undefined);
  const base = `http://127.0.0.1:${port}`;
  await Promise.race([untilServed(`${base}/serene.db`), died]);
  return { base, [Symbol.dispose]: () => void server.kill() };
};

const fileOf = (name: string) => `${name}-1.0-1-x86_64.pkg.tar.gz`;

await using scratch = await makeScratch();
const directory = join(scratch.path, "data");
await mkdir(directory);
{
  await using it = await startRepo({ SIGN_KEY_GENERATE: "true" }, { at: Date.now(), directory });
  for (const [name, size] of [
    ["large", 200e6],
    ["small", 1_650],
  ] as const) {
    await insertPackage(it.world.state, name);
    await it.publish({ pkgbase: name, content: randomBytes(size) });
  }
}
await using kiln = await startKiln(directory);
await chmod(scratch.path, 0o755);
using nginx = await startNginx(scratch.path, join(directory, "repository"));

const measure = async (file: string, connections: number) => {
  const [ours, theirs]: Awaited<ReturnType<typeof load>>[][] = [[], []];
  for (let round = 0; round < rounds; round++) {
    const terms = { connections, seconds: 3 };
    ours?.push(await load(`${kiln.url}/x86_64/${file}`, terms));
    theirs?.push(await load(`${nginx.base}/${file}`, terms));
  }
  const of = (all: typeof ours = [], part: "requests" | "bytes") =>
    median(all.map((it) => it[part]));
  const ratios = (part: "requests" | "bytes") =>
    median((ours ?? []).map((it, at) => it[part] / (theirs?.[at]?.[part] ?? Number.NaN)));
  return {
    ours: (part: "requests" | "bytes") => of(ours, part),
    theirs: (part: "requests" | "bytes") => of(theirs, part),
    ratios,
  };
};

const large = await measure(fileOf("large"), 4);
const small = await measure(fileOf("small"), 32);
const ratio = (value: number) => ({ wanted: "at least 0.9", reached: value >= 0.9 });
const figures: Figure[] = [
  {
    what: "200 MB, 4 clients",
    kiln: `${mebibytes(large.ours("bytes"))}/s`,
    beside: `nginx: ${mebibytes(large.theirs("bytes"))}/s`,
  },
  {
    what: "to nginx, median of pairs",
    kiln: large.ratios("bytes").toFixed(2),
    ...ratio(large.ratios("bytes")),
  },
  {
    what: "2 kB, 32 clients",
    kiln: perSecond(small.ours("requests")),
    beside: `nginx: ${perSecond(small.theirs("requests"))}`,
  },
  {
    what: "to nginx, median of pairs",
    kiln: small.ratios("requests").toFixed(2),
    ...ratio(small.ratios("requests")),
  },
];
report("Serving package files", figures);
