import * as v from "valibot";
import { expect, test } from "vitest";
import { Pkgbase } from "#shared/model.ts";
import { jsonLog } from "#shared/service/log.ts";
import { buildCommandLine } from "../../../services/api/build-command-line.ts";
import { Config } from "../../../services/api/context.ts";
import { listRows, startApi } from "../../support/api.ts";
import { insertPackage, insertSource } from "../../support/rows.ts";

const pkgbase = v.parse(Pkgbase, "kiln-cli");

/** The api without its own repetitions about the command line, and a context to run them in. */
const setup = async () => {
  const api = await startApi();
  const { source, specHash } = await insertSource(api.world.state, pkgbase);
  api.answers.resolve = async () => ({
    kind: "resolved",
    packages: [
      { pkgbase, spec: { type: "cli" }, specHash, source, devel: false, dependency: false },
    ],
  });
  const lines: string[] = [];
  const context = {
    ...api.context,
    config: v.parse(Config, {}),
    log: jsonLog((line) => lines.push(line)),
    commandLine: { seenTo: false },
  };
  return { ...api, source, context, lines, [Symbol.asyncDispose]: api[Symbol.asyncDispose] };
};

test("kiln's command line is added where it is missing, and its first build is ordered", async () => {
  await using it = await setup();

  await buildCommandLine(it.context);

  expect((await listRows(it.world)).map((row) => row.pkgbase)).toEqual(["kiln-cli"]);
  expect(it.orders).toEqual([
    {
      session: expect.any(String),
      packages: ["kiln-cli"],
      sources: { "kiln-cli": it.source },
      all: false,
      more: false,
      renumber: [],
      reason: "initial",
      resolve: true,
      force: false,
    },
  ]);
});

test("where it is there, it is built only if something is new, once in a process", async () => {
  await using it = await setup();
  await insertPackage(it.world.state, "kiln-cli");

  await buildCommandLine(it.context);
  await buildCommandLine(it.context);

  expect(it.orders).toEqual([
    {
      session: expect.any(String),
      packages: ["kiln-cli"],
      sources: {},
      renumber: [],
      all: false,
      more: false,
      reason: "schedule",
      resolve: true,
      force: false,
    },
  ]);
});

test("it is tried until it worked, and what is in the way is said once", async () => {
  await using it = await setup();
  const { resolve } = it.answers;
  it.answers.resolve = async () => ({ kind: "unusable", message: "no runner image" });

  await buildCommandLine(it.context);
  await buildCommandLine(it.context);
  const ordered = it.orders.length;
  it.answers.resolve = resolve;
  await buildCommandLine(it.context);

  expect(ordered).toBe(0);
  expect(it.lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({
      level: "warn",
      event: "the command line cannot be built",
      pkgbase: "kiln-cli",
      problem: "no runner image",
    }),
  ]);
  expect(it.orders).toHaveLength(1);
});

test("BUILD_CLI=false leaves it out", async () => {
  await using it = await setup();

  await buildCommandLine({ ...it.context, config: v.parse(Config, { BUILD_CLI: "false" }) });

  expect(await listRows(it.world)).toEqual([]);
});
