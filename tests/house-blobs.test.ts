import { globSync } from "node:fs";
import { resolve } from "node:path";
import { getTableColumns, getTableName, is } from "drizzle-orm";
import { type SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { expect, test } from "vitest";
import { blobCarriers, messages, questions } from "#shared/messages/index.ts";
import { BlobReference } from "#shared/model.ts";
import { roots } from "#shared/state/roots/roots.ts";

/** Columns that look as if they named blobs, and why what they name is not kept for them. */
const others: Readonly<Record<string, string>> = {
  "add_orders.outcome": "names of packages",
  "adds.result": "the order of the add names the same blobs",
  "builds.needs": "ids of builds",
  "builds.measurements": "numbers",
  "builds.excerpt": "lines of a log",
  "builds.steps": "names and times",
  "rebuilds.excerpt": "lines of a log",
  "rebuilds.steps": "names and times",
  "packages.flags": "words",
  "publications.impact": "names and versions of packages",
  "plan_entries.missing": "names of packages",
  "plan_entries.unbuilt": "names of packages",
  "resolver_outbox.payload": "that a plan is finished",
  "sources.aur": "names and times",
  "sources.commits": "commits",
  "artifacts.depends": "names of packages",
  "artifacts.provides": "names of packages",
  "published_names.sha256": "remembers which file had a name, also when the file is gone",
  "signatures.sha256": "a signature needs what it signs, not the other way round",
  "sweeps.usage": "numbers",
};

/** Where each blob is named that a message or a question carries, once its receiver has handled it. */
const named: Readonly<Record<string, string>> = {
  "add.requested.{add}: spec.pkgbuild": "add_orders.spec",
  "build.requested.{arch}.{build}: source": "builds.request",
  "build.requested.{arch}.{build}: srcinfo": "builds.request",
  "build.requested.{arch}.{build}: repository.databases.blob": "builds.request",
  "build.requested.{arch}.{build}: repository.packages.blob": "builds.request",
  "build.requested.{arch}.{build}: repository.list": "builds.request",
  "build.finished: outcome.artifacts.blob": "build_artifacts.sha256",
  "build.finished: outcome.srcinfo": "builds.srcinfo_sha256",
  "build.finished: outcome.pkgbuild": "builds.pkgbuild_sha256",
  "build.finished: log": "builds.log_sha256",
  "build.finished: clock": "builds.clock_sha256",
  "build.finished: installed": "builds.installed_sha256",
  "rebuild.requested.{arch}.{rebuild}: source": "rebuilds.request",
  "rebuild.requested.{arch}.{rebuild}: buildinfo": "rebuilds.request",
  "rebuild.requested.{arch}.{rebuild}: own.blob": "rebuilds.request",
  "rebuild.finished: outcome.artifacts.blob": "rebuild_artifacts.rebuilt_sha256",
  "rebuild.finished: log": "rebuilds.log_sha256",
  "rebuild.finished: clock": "rebuilds.clock_sha256",
  "srcinfo.generate: source": "sources.snapshot_sha256",
  "sign: blob": "artifacts.sha256",
  "sign: frames": "frames.database_sha256",
};

const nameOf = (column: SQLiteColumn) => `${getTableName(column.table)}.${column.name}`;

const columns = async () => {
  const modules = globSync("shared/state/*.ts").filter((path) => !path.endsWith("config.ts"));
  const exported = await Promise.all(modules.map((path) => import(resolve(path))));
  const tables = exported
    .flatMap((module) => Object.values(module))
    .filter((it) => is(it, SQLiteTable));
  return tables.flatMap((table) => Object.values(getTableColumns(table)));
};

/** The paths of a schema's blobs. */
const blobsIn = (schema: object, path: readonly string[] = []): string[] => {
  if (schema === BlobReference) return [path.join(".")];
  const part = (key: string): unknown => Reflect.get(schema, key);
  const inside = [part("wrapped"), part("item"), ...listOf(part("options"))];
  const entries = part("entries");
  return [
    ...inside.flatMap((it) => (isObject(it) ? blobsIn(it, path) : [])),
    ...(isObject(entries)
      ? Object.entries(entries).flatMap(([name, it]) => blobsIn(it, [...path, name]))
      : []),
  ];
};

const isObject = (it: unknown): it is object => typeof it === "object" && it !== null;

const listOf = (it: unknown): readonly unknown[] => (Array.isArray(it) ? it : []);

test("a column that names blobs keeps them from being deleted, or says why it does not", async () => {
  const rooted = new Set(roots.map(({ column }) => nameOf(column)));
  const suspects = (await columns())
    .filter(({ name, dataType }) => /sha256$|^payload$/.test(name) || dataType === "json")
    .map(nameOf);

  expect(suspects.length).toBeGreaterThan(25);
  expect(suspects.filter((it) => !rooted.has(it) && !(it in others))).toEqual([]);
  expect(Object.keys(others).filter((it) => rooted.has(it) || !suspects.includes(it))).toEqual([]);
});

test("a sweep waits for the messages that name blobs", () => {
  const carriers = messages.filter(({ schema }) => blobsIn(schema).length > 0);

  expect(blobCarriers.map(({ subject }) => subject)).toEqual(
    carriers.map(({ subject }) => subject),
  );
});

test("every blob that a message or a question carries is named by a table afterwards", () => {
  const told = [
    ...messages.map(({ subject, schema }) => ({ subject, schemas: [schema] })),
    ...questions.map(({ subject, request, answer }) => ({ subject, schemas: [request, answer] })),
  ].flatMap(({ subject, schemas }) =>
    schemas.flatMap((schema) => blobsIn(schema).map((path) => `${subject}: ${path}`)),
  );
  const rooted = new Set(roots.map(({ column }) => nameOf(column)));

  expect([...new Set(told)].sort()).toEqual(Object.keys(named).sort());
  expect(Object.values(named).filter((column) => !rooted.has(column))).toEqual([]);
});
