import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

/** What a module loads when it is loaded: types are gone then, and `import()` comes later. */
const loadedBy = (path: string) => {
  const statement = /^(?:import|export)\s+(?!type\b)(?:[^;"']*?\sfrom\s+)?"([^"]+)"/gm;
  return [...readFileSync(path, "utf8").matchAll(statement)].map(([, from = ""]) => from);
};

const pathOf = (from: string, by: string) =>
  from.startsWith("#") ? from.slice(1) : join(by, "..", from);

/** What the sources reachable from one load of others: each package and module of the runtime, and by whom. */
const foreignTo = (entry: string) => {
  const foreign = new Map<string, string>();
  const seen = new Set([entry]);
  for (const path of seen)
    for (const from of path.endsWith(".ts") ? loadedBy(path) : []) {
      if (/^[#.]/.test(from)) seen.add(pathOf(from, path));
      else foreign.set(from, path);
    }
  return foreign;
};

/** They compute, and touch nothing outside. */
const harmless = ["node:path", "node:timers/promises", "node:url", "node:util", "node:zlib"];

test("what the api loads at its start has no files, programs or sockets of its own", () => {
  const foreign = foreignTo("services/api/service.ts");
  const native = [...foreign].filter(([name]) => /^(node|bun):/.test(name));

  expect(foreign.has("hono")).toBe(true);
  expect(native.filter(([name]) => !harmless.includes(name))).toEqual([]);
});

test("nor the packages for a database file, TCP, docker, keys or programs", () => {
  const foreign = foreignTo("services/api/service.ts");
  const withheld = [
    ...["@libsql/client", "drizzle-orm/libsql", "@nats-io/transport-node", "@hono/node-server"],
    ...["dockerode", "openpgp", "execa", "pino", "@aws-sdk/client-s3"],
  ];

  expect(withheld.filter((name) => foreign.has(name))).toEqual([]);
});

test("files are found where they are loaded", () => {
  expect(foreignTo("shared/blobs/directory.ts").get("node:fs")).toBe("shared/blobs/directory.ts");
});
