import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const files = globSync("services/api/**/*.ts").filter(
  (path) => !path.endsWith("secrets-file.ts") && !path.endsWith("service.ts"),
);

const imported = (path: string) =>
  [...readFileSync(path, "utf8").matchAll(/^import (?!type).*? from "([^"]+)"/gms)].map(
    ([, module = ""]) => module,
  );

test("the api needs nothing of the host but to unpack: no files, no processes, no native modules", () => {
  const modules = new Set(files.flatMap(imported).filter((module) => !module.startsWith(".")));

  expect([...modules].filter((module) => !module.startsWith("#shared/")).sort()).toEqual([
    "drizzle-orm",
    "hono",
    "hono-openapi",
    "node:util",
    "node:zlib",
    "valibot",
  ]);
});

test("the secrets file is read by a module that is loaded only where it is asked for", () => {
  const naming = files.filter((path) =>
    /from "[./]*secrets-file\.ts"/.test(readFileSync(path, "utf8")),
  );

  expect(naming).toEqual([]);
});
