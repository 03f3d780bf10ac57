import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { messages, questions } from "#shared/messages/index.ts";
import type { Metric } from "#shared/metrics/declare.ts";
import { fillClaims } from "#shared/service/claims.ts";
import { parseConfig } from "#shared/service/config.ts";
import { common } from "#shared/service/metrics.ts";
import { all } from "../services/all.ts";

const sources = "{services,shared,cli}/**/*.ts";

const files = (pattern: string) =>
  globSync(pattern).map((path) => ({ path, text: readFileSync(path, "utf8") }));

const matching = (pattern: string, rule: RegExp) =>
  files(pattern)
    .filter(({ text }) => rule.test(text))
    .map(({ path }) => path)
    .sort();

/** The cells of a table of README.md whose first column has this heading, one array a row. */
const table = (heading: string) => {
  const lines = readFileSync("README.md", "utf8").split("\n");
  const from = lines.findIndex((line) => line.startsWith(`| ${heading} |`));
  if (from === -1) throw new Error(`README.md has no table of each ${heading}`);
  const rows = lines.slice(from + 2);
  return rows
    .slice(
      0,
      rows.findIndex((line) => !line.startsWith("|")),
    )
    .map((row) =>
      row
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.replaceAll("`", "").trim()),
    );
};

const listed = (names: Iterable<string>) => [...names].sort().join(", ") || "–";

/** Each table's module, its owner, and the name of its export. */
const owned = files("shared/state/*.ts").flatMap(({ path, text }) =>
  [
    ...text.matchAll(/Written by the (\w+)[^*]*\*\/\s*export const (\w+) = \w+Table\(\s*"(\w+)"/g),
  ].map(([, owner = "", name = "", table = ""]) => ({ module: `#${path}`, owner, name, table })),
);

test("a service imports its own files and shared, never another service", () => {
  const strays = files("services/*/**/*.ts").filter(({ path, text }) => {
    const [, own] = path.split("/");
    return [...text.matchAll(/from "(\.\.?\/[^"]+)"/g)].some(
      ([, to = ""]) => !new URL(to, `file:///${path}`).pathname.startsWith(`/services/${own}/`),
    );
  });
  expect(strays.map(({ path }) => path)).toEqual([]);
});

test("shared knows no service and no command", () => {
  expect(matching("shared/**/*.ts", /from "[^"]*(services|cli)\//)).toEqual([]);
});

test("the formats of pacman and the pure nouns know nothing of the bus, the tables or the services", () => {
  expect(
    matching("shared/pacman/*.ts", /from "#shared\/(bus|state|service|messages|blobs)\//),
  ).toEqual([]);
  expect(matching("shared/{model,fault,time}.ts", /from "#shared\//)).toEqual([]);
});

test("the command line imports shared, and services only where it starts them", () => {
  expect(matching("cli/**/*.ts", /(from|import\() ?"[^"]*services\//)).toEqual(["cli/start.ts"]);
});

test.each([
  ["NATS", /from "@nats-io\//, /^shared\/bus\//],
  ["docker", /from "dockerode"/, /^services\/builder\/docker\//],
  ["Bun and Deno", /\b(Bun|Deno)\.\w|from "bun/, /^shared\/runtime\.ts$/],
  ["the environment", /\bprocess\.(env|argv)\b/, /^(shared\/service\/run|cli\/kiln)\.ts$/],
  ["the clock", /\bDate\.now\b|\bnew Date\(\)/, /^(shared\/service\/run|cli\/kiln)\.ts$/],
  ["the metrics library", /from "prom-client"/, /^shared\/metrics\/prometheus\.ts$/],
  ["the log library", /from "pino\b/, /^shared\/service\/(log|pino-browser\.d)\.ts$/],
  ["the cron library", /from "croner"/, /^shared\/cron-expression\.ts$/],
  ["S3's signatures", /from "aws4fetch"/, /^shared\/blobs\/s3\.ts$/],
  ["OpenPGP", /from "openpgp"/, /^services\/signer\//],
  [
    "the start of programs",
    /from "(execa|node:child_process)"/,
    /^(shared\/(run-program|bus\/embedded-server)\.ts$|cli\/)/,
  ],
])("%s is touched in one place", (_what, touch, place) => {
  expect(matching(sources, touch).filter((path) => !place.test(path))).toEqual([]);
});

test.each([
  ["setTimeout", /\bsetTimeout\b/],
  ["setInterval", /\bsetInterval\b/],
  ["setImmediate", /\bsetImmediate\b/],
  ["AbortSignal.timeout", /\bAbortSignal\.timeout\b/],
  ["node:timers", /"(node:)?timers\b/],
  ["performance.now", /\bperformance\.now\b/],
  ["Math.random", /\bMath\.random\b/],
  ["randomUUID", /\brandomUUID\b/],
  ["random bytes", /\b(randomBytes|randomInt|getRandomValues)\b/],
  [
    "the pause of real timers",
    /import \{[^}]*(?<!type )\b(pause|within)\b[^}]*\} from "#shared\/pause/,
  ],
  ["the machine's chance", /#shared\/service\/machine\b/],
])("a service takes time and chance from its world, not from %s", (_what, touch) => {
  expect(matching("services/**/*.ts", touch)).toEqual([]);
});

test("only the owner of a table writes it, in its store", () => {
  expect(owned.length).toBeGreaterThan(10);
  const strays = files("services/**/*.ts").flatMap(({ path, text }) =>
    owned
      .filter(({ module, name }) => {
        const writes = new RegExp(`\\.(insert|update|delete)\\(${name}\\)`);
        return text.includes(`"${module}"`) && writes.test(text);
      })
      .filter(({ owner }) => !new RegExp(`^services/${owner}/store(/.+)?\\.ts$`).test(path))
      .map(({ table }) => `${path} writes ${table}`),
  );
  expect(strays).toEqual([]);
});

test("the first migration is as it was released: a change is a migration of its own", () => {
  const text = readFileSync("shared/state/migrations/0000_first.sql");
  expect(createHash("sha256").update(text).digest("hex")).toBe(
    "47556e9dedd72cf6683865f1e9345614272b777e4adbd3918fe26cabcd969fb5",
  );
});

test("who writes packages or builds raises their revision in the same write", () => {
  const writes = /\.(insert|update|delete)\((packages|sessions|builds|buildArtifacts)\)/;
  expect(
    matching("services/*/store/**/*.ts", writes).filter((path) =>
      /\bstate\.write\(/.test(readFileSync(path, "utf8")),
    ),
  ).toEqual([]);
});

test("no file grows past 250 lines", () => {
  const long = files("{services,shared,cli,tests}/**/*.{ts,mjs}").filter(
    ({ text }) => text.split("\n").length > 251,
  );
  expect(long.map(({ path }) => path)).toEqual([]);
});

test("nothing is typed any, and no failure is swallowed", () => {
  expect(
    matching(sources, /: any\b|<any>|as any\b|@ts-(ignore|expect-error)|biome-ignore/),
  ).toEqual([]);
  expect(matching(sources, /catch *(\([^)]*\))? *\{ *\}|\.catch\(\(\) *=> *\{ *\}\)/)).toEqual([]);
});

test("every message has a publisher, and work has exactly one taker", () => {
  for (const message of messages) {
    const from = all.filter(({ publishes }) => publishes?.includes(message));
    const takers = all.filter(({ consumes }) => consumes?.some((it) => it.message === message));
    expect(from, `publishers of ${message.subject}`).not.toEqual([]);
    if (message.stream.keep === "work")
      expect(takers, `takers of ${message.subject}`).toHaveLength(1);
  }
});

test("every question has one answerer, and somebody who asks", () => {
  for (const question of questions) {
    const answerers = all.filter(({ answers }) => answers?.some((it) => it.question === question));
    const askers = all.filter(({ asks }) => asks?.includes(question));
    expect(answerers, `answerers of ${question.subject}`).toHaveLength(1);
    expect(askers, `askers of ${question.subject}`).not.toEqual([]);
  }
});

test("no two services claim the same path", () => {
  const claims = all.flatMap(({ config, http }) =>
    fillClaims(http?.claims ?? [], parseConfig(config, {})),
  );
  expect(claims.length).toBeGreaterThan(5);
  expect(claims.filter((claim, at) => claims.indexOf(claim) !== at)).toEqual([]);
});

test("README's table of services is the services' own", () => {
  const services = all.map((service) => [
    service.name,
    listed(owned.filter(({ owner }) => owner === service.name).map(({ table }) => table)),
    listed((service.answers ?? []).map(({ question }) => question.subject)),
    listed((service.asks ?? []).map(({ subject }) => subject)),
  ]);
  expect(table("service").map(([name, , ...rest]) => [name, ...rest])).toEqual(services);
});

test("README's table of messages is the services' own", () => {
  const rows = messages.map((message) => [
    message.subject,
    message.stream.keep,
    listed(all.filter((it) => it.publishes?.includes(message)).map(({ name }) => name)),
    listed(
      all
        .filter(({ consumes, follows }) =>
          [...(consumes ?? []), ...(follows ?? [])].some((it) => it.message === message),
        )
        .map(({ name }) => name),
    ),
  ]);
  expect(table("message").map((row) => row.slice(0, 4))).toEqual(rows);
});

test("README says of each log message what the message says of itself", () => {
  const log = messages.filter(({ stream }) => stream.keep === "log");
  const rows = table("message").filter(([, keep]) => keep === "log");
  expect(rows.map(([subject, , , , says]) => [subject, says])).toEqual(
    log.map(({ subject, says }) => [subject, says]),
  );
});

test("README's table of metrics is the services' own", () => {
  const rowOf = ({ name, kind, labels }: Metric, from: string) => [
    name,
    kind,
    labels.join(", ") || "–",
    from,
  ];
  const own = all.flatMap(({ name, measures = [], shows = [] }) =>
    [...measures, ...shows.flatMap(({ gauges }) => gauges)].map((metric) => rowOf(metric, name)),
  );
  expect(table("metric").map((row) => row.slice(0, 4))).toEqual([
    ...common.map((metric) => rowOf(metric, "each")),
    ...own,
  ]);
});

test("a test lies where what it tests lies", () => {
  const strays = globSync("tests/{shared,services,cli}/**/*.test.ts").filter((path) => {
    const source = path.replace(/^tests\//, "").replace(/\.test\.ts$/, "");
    return globSync(`${source}.{ts,mjs}`).length === 0 && globSync(source).length === 0;
  });
  expect(strays).toEqual([]);
});
