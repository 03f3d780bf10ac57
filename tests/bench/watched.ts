import { writeFile } from "node:fs/promises";
import { run } from "#shared/service/run.ts";
import { all } from "../../services/all.ts";

// All of kiln, as services/all.ts, with a timer that should fire every few milliseconds: how late it fires is how long
// the event loop stood still. At its end the process writes each time, its lateness, and how much processor time the
// process used since the time before, into the file of its argument: what is late without using a processor waited for one.

/** So short that a run has the thousands of times without which the 99.9th percentile is but the largest. */
const interval = 1;

const [, , path = ""] = process.argv;
const late: [at: number, lateness: number, used: number][] = [];
let before = process.cpuUsage();
let due = performance.now() + interval;

const timer = setInterval(() => {
  const now = performance.now();
  const { user, system } = process.cpuUsage(before);
  before = process.cpuUsage();
  late.push([performance.timeOrigin + now, Math.max(0, now - due), (user + system) / 1_000]);
  due = now + interval;
}, interval);

await run(...all);
clearInterval(timer);
await writeFile(path, JSON.stringify(late));
