import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { pkgbuildOf } from "../support/kiln.ts";
import { makeScratch } from "../support/scratch.ts";
import { openEngine } from "./engine.ts";
import { type Kiln, secret, startKiln } from "./kiln.ts";
import { mebibytes, memoryOf, report, until } from "./measure.ts";

// How much memory all of kiln takes while a build prints as fast as it can, with event streams that no client reads.
// Run by hand: bun tests/bench/output.ts [seconds] [streams]

const seconds = Number(process.argv[2] ?? 60);
const streams = Number(process.argv[3] ?? 10);

/** An event stream whose client never reads a byte. */
const openSilent = (url: string, pkgbase: string) => {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.pause();
  socket.write(
    `GET /package/${pkgbase}/build/logs/subscribe HTTP/1.1\r\nHost: kiln\r\nAuthorization: ${secret}\r\n\r\n`,
  );
  socket.on("error", () => {});
  return { [Symbol.dispose]: () => void socket.destroy() };
};

/** The most that the process held, looked at each 100 ms until the newest build of a package has ended. */
const mostWhile = async (kiln: Kiln, pkgbase: string) => {
  let most = 0;
  await until(
    "the end of the build",
    async () => {
      most = Math.max(most, (await memoryOf(kiln.pid)).now);
      const answer = await kiln.request(`/package/${pkgbase}/build/latest`);
      const text = answer.ok ? await answer.text() : "";
      return /"ended":(?!null)/.test(text) ? true : undefined;
    },
    { patience: (seconds + 240) * 1_000, interval: 100 },
  );
  return most;
};

const measure = async (environment: Readonly<Record<string, string>>, clients: number) => {
  await using scratch = await makeScratch();
  await using kiln = await startKiln(join(scratch.path, "data"), {
    ...environment,
    REBUILD_PUBLISHED: "false",
  });
  const pkgbuild = pkgbuildOf("talker", [], `timeout ${seconds} yes || true`);
  const before = (await memoryOf(kiln.pid)).now;
  const source = { type: "raw", pkgbuild, devel: false };
  await kiln.post("/package/add", { replace: false, source });
  using stack = new DisposableStack();
  for (let nth = 0; nth < clients; nth++) stack.use(openSilent(kiln.url, "talker"));
  const most = await mostWhile(kiln, "talker");
  await after(20_000);
  return { before, most, left: (await memoryOf(kiln.pid)).now };
};

await using engine = await openEngine();
const wanted = 150e6;
const results = [];
for (const clients of [0, streams])
  results.push({ clients, ...(await measure(engine.environment, clients)) });
report(
  `Memory while a build prints for ${seconds} s`,
  results.flatMap(({ clients, before, most, left }) => [
    {
      what: `more than before, ${clients} event streams that nobody reads`,
      kiln: mebibytes(most - before),
      wanted: `under ${mebibytes(wanted)}`,
      reached: most - before < wanted,
    },
    { what: `still 20 s after its end, ${clients} streams`, kiln: mebibytes(left - before) },
  ]),
);
