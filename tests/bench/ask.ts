import { timed } from "./measure.ts";

// `bun ask.ts <url> <clients> <milliseconds>`: clients that ask for a URL all the time, in a process of their own. Prints what
// each answer took, in milliseconds, as JSON.
const [url = "", clients = "", length = ""] = process.argv.slice(2);
const signal = AbortSignal.timeout(Number(length));

const ask = async () => {
  const took: number[] = [];
  while (!signal.aborted) took.push(await timed(() => fetch(url).then((it) => it.text())));
  return took;
};

const took = await Promise.all(Array.from({ length: Number(clients) }, ask));
console.log(JSON.stringify(took.flat()));
