import { join } from "node:path";
import { makeScratch } from "../support/scratch.ts";
import { makeSignedPacman } from "../support/signed-pacman.ts";
import { type EngineEvent, hearEngine, openEngine } from "./engine.ts";
import { fillDirectory } from "./fill.ts";
import { type Kiln, startKiln } from "./kiln.ts";
import { type Figure, median, ms, published, report, timed, until } from "./measure.ts";

// How long it takes from a forced POST /build of a trivial package until pacman -Sy sees what it built: with nothing
// else in the repository, and with 10,000 packages. Run by hand: bun tests/bench/build.ts [builds]

const builds = Number(process.argv[2] ?? 5);
/** Its own: others may use the engine at the same time. */
const name = `trivial-${process.pid}`;
const pkgbuild = [
  `pkgname=${name}`,
  ...["pkgver=1", "pkgrel=1", "arch=(any)", "license=(MIT)", "pkgdesc='a trivial package'"],
  `package() { install -Dm644 /dev/stdin "$pkgdir/usr/share/${name}/text" <<< ${name}; }`,
  "",
].join("\n");

const newest = async (kiln: Kiln) => {
  const [build] = await (await kiln.request(`/package/${name}/build?count=1`)).json();
  return build;
};

const untilEnded = async (kiln: Kiln, before: string | undefined) => {
  const build = await until("the build's end", async () => {
    const it = await newest(kiln);
    return it?.ended && it.started !== before ? it : undefined;
  });
  if (build.state.state !== "success") throw new Error(JSON.stringify(build));
  return build;
};

/** Milliseconds that the container took to start, and for each program in it from its start to its end. */
const ownSteps = (events: readonly EngineEvent[]) => {
  const at = (action: string) => events.find((event) => event.action === action)?.at ?? Number.NaN;
  const programs = events.flatMap((event) => {
    if (event.action !== "exec_start") return [];
    const end = events.find((it) => it.action === "exec_die" && it.execution === event.execution);
    return end ? end.at - event.at : [];
  });
  return {
    start: at("start") - at("create"),
    programs: programs.reduce((sum, each) => sum + each, 0),
    count: programs.length,
    created: at("create"),
    last: Math.max(...events.filter(({ action }) => action === "exec_die").map((it) => it.at)),
  };
};

type Measured = {
  /** Until the databases that are served have it. */
  readonly whole: number;
  /** Of that, outside what the container did. */
  readonly outside: number;
  readonly before: number;
  readonly after: number;
  /** From its creation until its last program ended. */
  readonly container: number;
  /** Of that, neither its start nor one of its programs. */
  readonly between: number;
  readonly programs: number;
  readonly sync: number;
};

const measure = async (directory: string, count: number): Promise<Measured[]> => {
  await using engine = await openEngine();
  if (count > 0) await fillDirectory(directory, count);
  await using kiln = await startKiln(directory, {
    ...engine.environment,
    SIGN_KEY_GENERATE: "true",
    ALLOW_READS: "true",
    // The rebuild of what was just published would run beside the next build.
    REBUILD_PUBLISHED: "false",
  });
  const source = { type: "raw", pkgbuild, devel: false };
  await kiln.post("/package/add", { source, replace: false, build: true, resolve: true });
  let { started } = await untilEnded(kiln, undefined);
  const key = await (await kiln.request("/key")).text();
  await using pacman = await makeSignedPacman("serene", `${kiln.url}/x86_64`, key);
  await pacman.pacman("-Sy");

  const each: Measured[] = [];
  for (let nth = 0; nth < builds; nth++) {
    using heard = await hearEngine(engine.url);
    const generation = async () =>
      (await fetch(`${kiln.url}/x86_64/serene.db`, { method: "HEAD" })).headers.get("etag");
    const old = await generation();
    const ordered = Date.now();
    const whole = await timed(async () => {
      await kiln.post("/build", { packages: [name], clean: true, resolve: true, force: true });
      const changed = async () => ((await generation()) === old ? undefined : true);
      await until("the next databases", changed, { interval: 5 });
    });
    const sync = await timed(() => pacman.pacman("-Sy"));
    ({ started } = await untilEnded(kiln, started));
    const shown = await pacman.pacman("-Si", name);
    const built = Math.floor(Date.parse(started) / 1_000);
    if (Date.parse(`${/Build Date +: (.*)/.exec(shown)?.[1]} UTC`) / 1_000 !== built)
      throw new Error(`pacman shows another build: ${shown}`);

    const own = heard.events.filter(({ labels }) => labels["kiln.pkgbase"] === name);
    const steps = ownSteps(own);
    const container = steps.last - steps.created;
    each.push({
      ...{ whole, container, sync, outside: whole - container },
      ...{ between: container - steps.start - steps.programs, programs: steps.count },
      ...{ before: steps.created - ordered, after: ordered + whole - steps.last },
    });
  }
  return each;
};

const of = (all: readonly Measured[], part: keyof Measured) => median(all.map((it) => it[part]));

const sizes = (process.argv[3] ?? "0,10000").split(",").map(Number);
const results: Measured[][] = [];
for (const count of sizes) {
  await using scratch = await makeScratch();
  results.push(await measure(join(scratch.path, "data"), count));
}
const [empty = [], full = []] = results;
const serene = ["3.5 s with 1 package", "10.1 s with 1,001"];
const figures: Figure[] = results.flatMap((all, at) => {
  const where = `${sizes[at]?.toLocaleString("en")} packages`;
  const parts = `${ms(of(all, "before"))} until it is made, ${ms(of(all, "after"))} after its last program`;
  return [
    {
      what: `POST /build until served, ${where}`,
      kiln: ms(of(all, "whole")),
      beside: published("serene", serene[at] ?? ""),
    },
    {
      what: "of that, the container from its creation to its last program",
      kiln: ms(of(all, "container")),
    },
    {
      what: `of that, between its start and its ${of(all, "programs")} programs`,
      kiln: ms(of(all, "between")),
    },
    {
      what: `of all, outside the container (${parts})`,
      kiln: ms(of(all, "outside")),
      wanted: "under 300 ms",
      reached: of(all, "outside") < 300,
    },
    { what: "pacman -Sy then, which sees it", kiln: ms(of(all, "sync")) },
  ];
});
const ratio = of(full, "whole") / of(empty, "whole");
figures.push({
  what: "10,000 packages to none",
  kiln: ratio.toFixed(2),
  wanted: "within 20 %",
  reached: ratio <= 1.2,
});
report(`A trivial package, median of ${builds}`, figures);
