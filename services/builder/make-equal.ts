import { Fault } from "#shared/fault.ts";
import { capture } from "./capture.ts";
import type { Command, Container } from "./docker/engine.ts";
import {
  archiveUrls,
  differenceOf,
  firstOf,
  type Installed,
  originsOf,
  readInstalled,
} from "./installed-set.ts";
import { goneWhile } from "./outcome.ts";
import type { Output } from "./output.ts";
import * as steps from "./rebuild-steps.ts";
import { runEach } from "./run-steps.ts";
import { keyringCommand, refreshCommand } from "./steps.ts";

type Given = {
  readonly container: Container;
  readonly output: Output;
  /** Entries of .BUILDINFO. */
  readonly recorded: readonly string[];
  /** Names of package files that lie where packages are gathered. */
  readonly own: readonly string[];
  /** Where packages are that the mirror has no more. */
  readonly archive: string;
};

/** Bytes that a program may print of what it knows. */
const limit = 64 * 1024 ** 2;

/** Makes a container have exactly the packages that were recorded; `Fault` where that cannot be. */
export const makeEqual = async (given: Given) => {
  const { lacking } = await difference(given);
  if (lacking.length > 0) {
    await gather(given, lacking);
    await run(given, steps.installGatheredCommand);
  }
  const { surplus } = await difference(given);
  if (surplus.length > 0)
    await run(given, steps.removeCommand(surplus.map(({ pkgname }) => pkgname)));

  const left = await difference(given);
  const wrong = [...left.lacking, ...left.surplus].map(({ entry }) => entry);
  if (wrong.length > 0)
    throw new Fault("conflict", `what is installed is not what was recorded: ${firstOf(wrong)}`);
};

const difference = async (given: Given) =>
  differenceOf(given.recorded, readInstalled(await ask(given, steps.installedCommand)));

/** Fetches what is lacking and not our own: from the mirror, else from the archive. */
const gather = async (given: Given, lacking: readonly Installed[]) => {
  const { archive: foreign } = originsOf(lacking, given.own, "");
  if (foreign.length === 0) return;
  await run(given, refreshCommand);
  await run(given, keyringCommand);
  const origins = originsOf(foreign, [], await ask(given, steps.listCommand));
  const urls = await findInArchive(given, origins.archive);
  if (origins.mirror.length > 0) await run(given, steps.fetchCommand(origins.mirror));
  if (urls.length > 0) await run(given, steps.fetchUrlsCommand(urls));
};

const findInArchive = async (given: Given, wanted: readonly Installed[]) => {
  if (wanted.length === 0) return [];
  const candidates = wanted.map((it) => archiveUrls(given.archive, it));
  const found = new Set(
    (await ask(given, steps.probeCommand(candidates.flat()))).match(/(?<=^0 )\S+$/gm),
  );
  const urls = candidates.map((each) => each.find((url) => found.has(url)));
  const absent = wanted.filter((_, index) => urls[index] === undefined);
  if (absent.length === 0) return urls.filter((url) => url !== undefined);
  throw new Fault(
    "missing",
    `neither the mirror nor ${given.archive} has what was installed: ${firstOf(absent.map(({ entry }) => entry))}`,
  );
};

const run = async (given: Given, command: Command) => {
  const exit = await runEach(given, command);
  if (exit.kind === "gone") throw new Fault("conflict", goneWhile("installed"));
  if (exit.code !== 0)
    throw new Fault(
      "conflict",
      `what was recorded could not be installed: pacman ended with exit code ${exit.code}`,
    );
};

const ask = async ({ container, output }: Given, command: Command) => {
  const { exit, stdout, stderr } = await capture(container, command, limit);
  output.write(stderr);
  if (exit.kind === "gone") throw new Fault("conflict", goneWhile("installed"));
  return new TextDecoder().decode(stdout);
};
