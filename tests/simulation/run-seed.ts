import { minutes, seconds } from "#shared/time.ts";
import { type BadRow, makeBadRow } from "./bad-rows.ts";
import type { Template } from "./database.ts";
import { drawPlan, type Plan } from "./faults.ts";
import { countImmediates } from "./immediates.ts";
import { findLeft, type Left } from "./invariants/left.ts";
import { readRepository } from "./invariants/reader.ts";
import type { Violation } from "./observer.ts";
import { sidesOf } from "./pairs.ts";
import { openRandom, type Random } from "./random.ts";
import type { Recipe } from "./recipes.ts";
import type { Trace } from "./trace.ts";
import { beUsers } from "./users.ts";
import { drawWorkload } from "./workload.ts";
import { openWorld, pairs, type World } from "./world.ts";

/** What one seed came to. */
export type Outcome = {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly trace: Trace["lines"];
  /** Milliseconds of virtual time. */
  readonly lasted: number;
  readonly points: number;
  readonly deaths: number;
  /** The sides that deaths hit, by their names. */
  readonly hits: ReadonlySet<string>;
};

export const sides = sidesOf(pairs);

/** How long everything may take to come to its end once nothing goes wrong any more. */
const bound = minutes(45);

/** How much longer a row that cannot be read may take, which is given up after ten tries over an hour. */
const patience = minutes(45);

/** Runs all services through what a seed says. The same seed gives the same outcome. */
export const runSeed = async (seed: number, template: Template): Promise<Outcome> => {
  using immediates = countImmediates();
  const random = openRandom(seed);
  const plan = drawPlan(seed, sides, random.fork("plan"));
  const workload = drawWorkload(random.fork("workload"), plan.aim);
  const bad: { row?: BadRow } = {};
  const moves = random.fork("moves");
  await using world = await openWorld({
    name: `seed-${seed}`,
    random,
    plan,
    template,
    hasBadRow: () => bad.row !== undefined,
    died() {
      // What a dead process read may not be so any more when the next one reads it.
      if (!moves.chance(0.4)) return;
      for (const { pkgbase } of workload.recipes) if (moves.chance(0.5)) pushNext(world, pkgbase);
    },
    quiet: immediates.quiet,
  });
  const { clock } = world.kernel;
  const begin = clock.now();
  for (const recipe of workload.recipes) world.upstream.push(recipe);
  scheduleOutages(world, plan, random.fork("outages"));
  const { badRowAt } = plan;
  if (badRowAt !== undefined)
    clock.after(badRowAt, () => {
      const made = makeBadRow(world, random.fork("bad row"));
      if (made !== undefined) bad.row = made;
    });

  let used = false;
  void beUsers(world, workload.acts, random.fork("users")).then(() => {
    used = true;
  });
  let over = false;
  clock.after(plan.over, () => {
    over = true;
    world.faults.end();
    world.kernel.trace.add(clock.now(), "FAULTS", "-", "are over");
  });

  let points = 0;
  let left: readonly Left[] = [];
  let end = Infinity;
  let nextLook = 0;
  let waitsForBadRow = false;
  const reading = random.fork("reader");
  await immediates.quiet();
  while (await world.kernel.step()) {
    points += 1;
    if (reading.chance(0.01)) await read(world, reading, immediates.quiet);
    if (!over || !used || clock.now() < nextLook) continue;
    if (end === Infinity) end = clock.now() + bound;
    nextLook = clock.now() + seconds(1);
    left = [...findLeft(world.tables, world.server), ...world.ticks.left(clock.now())];
    if (left.length === 0 && world.processes.allRun()) break;
    if (clock.now() <= end) continue;
    if (!bad.row || waitsForBadRow) break;
    judgeLeft(world, left, concernOf(bad.row, workload.recipes));
    waitsForBadRow = true;
    end += patience;
  }
  await read(world, reading, immediates.quiet);
  judgeLeft(world, left);
  return {
    seed,
    violations: world.observer.violations(),
    trace: world.kernel.trace.lines,
    lasted: clock.now() - begin,
    points,
    deaths: world.faults.deaths().length,
    hits: world.faults.hits(),
  };
};

const pushNext = ({ upstream }: World, pkgbase: string) => {
  const before = upstream.recipeOf(pkgbase);
  if (!before) return;
  if (before.devel) return upstream.commit(pkgbase);
  const release = Number(before.version.split("-")[1] ?? "0") + 1;
  upstream.push({ ...before, version: `1-${release}` });
};

const scheduleOutages = ({ hosts, kernel, server }: World, { outages }: Plan, random: Random) => {
  for (const { kind, at, lasts } of outages)
    kernel.clock.after(at, () => {
      kernel.trace.add(kernel.clock.now(), "OUTAGE", "-", kind, `${lasts} ms`);
      if (kind === "bus" || kind === "store") server.leave(lasts, kind === "store");
      if (kind === "engine") random.pick([...hosts.values()]).leave(lasts);
      if (kind === "trim")
        for (const name of server.streams.names())
          if (random.chance(0.5)) server.streams.trim(name);
    });
};

const read = async (world: World, random: Random, quiet: () => Promise<void>) => {
  const repositories = world.processes.repositories();
  if (repositories.length === 0) return;
  const pick = () => random.pick(repositories);
  let done = false;
  void readRepository(pick(), pick, world.observer).then(() => {
    done = true;
  });
  await quiet();
  if (!done) world.observer.violated("a reader sees a whole generation", "no answer");
};

type Concern = (pkgbase: string, text: string) => boolean;

/** What a bad row may hold up: its own package, and those that need it. */
const concernOf = (bad: BadRow, recipes: readonly Recipe[]): Concern => {
  const held = new Set([bad.pkgbase]);
  // A recipe needs only recipes before it.
  for (const { pkgbase, needs } of recipes)
    if (needs.some((need) => held.has(need))) held.add(pkgbase);
  return (pkgbase, text) => held.has(pkgbase) || text.includes(bad.id);
};

const judgeLeft = (world: World, left: readonly Left[], isConcerned?: Concern) => {
  const { hosts, lives, observer } = world;
  const judge = (invariant: string, pkgbase: string, detail: string) => {
    if (!isConcerned) observer.violated(invariant, detail);
    else if (!isConcerned(pkgbase, detail))
      observer.violated("a bad row holds up no other", detail);
  };
  const endOf = (id = "") => {
    const published = lives.publishedOf(id);
    return published.length > 0 ? `, published as ${published.join(", ")}` : "";
  };
  // What is pending may be so because of what is not.
  const before = left.map(({ id }) => endOf(id)).find((end) => end !== "");
  const behind = before === undefined ? "" : `, beside another${before}`;
  for (const { what, id = "", pkgbase = "" } of left)
    judge("everything ends", pkgbase, `${what} ${pkgbase} ${id}${endOf(id) || behind}`);
  for (const { pkgbase, text } of lives.unpublished())
    judge("every end is published", pkgbase, text);
  for (const [name, host] of hosts)
    for (const labels of host.running())
      observer.violated("nothing runs after its end", `${name}: ${JSON.stringify(labels)}`);
};
