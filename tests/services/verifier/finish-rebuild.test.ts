import { rm, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { rebuildEnded, rebuildRequested } from "#shared/messages/rebuild.ts";
import { rebuildArtifacts, rebuilds } from "#shared/state/rebuilds.ts";
import { giveUpFinished } from "../../../services/verifier/finish-rebuild.ts";
import { giveUpPending } from "../../../services/verifier/pin-rebuild.ts";
import { builder, damage, log, startVerifier } from "../../support/verifier.ts";

const app = "app-1-1-any.pkg.tar.gz";

test("equal bytes are GOOD, and it is said and written who made them", async () => {
  await using it = await startVerifier({ pkgnames: ["app", "app-docs"] });
  await it.say();

  await it.finishWith();

  const artifacts = it.files.map(({ filename }) => ({ filename, status: "GOOD" }));
  expect(it.world.bus.sent(rebuildEnded)).toEqual([
    {
      ...{ rebuild: it.requested().rebuild, pkgbase: "app", arch: "x86_64", build: it.build },
      ...{ at: it.world.now(), status: "GOOD", message: null, artifacts },
    },
  ]);
  expect(await it.world.state.read.select().from(rebuilds)).toMatchObject([
    { status: "GOOD", builder, startedAt: 5, endedAt: it.world.now(), logSha256: log.sha256 },
  ]);
});

test("a file that differs, or was not made, makes it BAD, and is named", async () => {
  await using it = await startVerifier({ pkgnames: ["app", "app-docs", "app-libs"] });
  await it.say();

  await it.finishWith({
    "app-docs-1-1-any.pkg.tar.gz": "x",
    "app-libs-1-1-any.pkg.tar.gz": undefined,
  });

  const length = it.files[1]?.content.length;
  const message = `app-docs-1-1-any.pkg.tar.gz differs from byte ${length} on; app-libs-1-1-any.pkg.tar.gz was not made again`;
  expect(await it.verdicts()).toEqual([["BAD", message]]);
  const rows = await it.world.state.read.select().from(rebuildArtifacts);
  expect(rows.map(({ filename, status }) => [filename, status])).toEqual([
    [app, "GOOD"],
    ["app-docs-1-1-any.pkg.tar.gz", "BAD"],
    ["app-libs-1-1-any.pkg.tar.gz", "BAD"],
  ]);
});

test("a served file with one bit flipped is BAD, before anything is made in its place", async () => {
  await using it = await startVerifier();
  await damage(it);

  await it.order();

  expect(await it.verdicts()).toEqual([
    ["BAD", expect.stringMatching(/^app-1-1-any.pkg.tar.gz is not as it was built: it hashes to/)],
  ]);
  expect(it.world.bus.sent(rebuildRequested)).toEqual([]);
});

test("a served file that is changed while it is rebuilt is BAD too", async () => {
  await using it = await startVerifier();
  await it.order();
  await damage(it);

  await it.finish({ kind: "rebuilt", artifacts: [] });

  expect(await it.verdicts()).toEqual([
    ["BAD", expect.stringMatching(/^app-1-1-any.pkg.tar.gz is not as it was built/)],
  ]);
});

test("a served file that is gone is BAD", async () => {
  await using it = await startVerifier();
  await rm(it.world.blobs.placeOf(it.files[0]?.blob.sha256 ?? ""));

  await it.order();

  expect(await it.verdicts()).toEqual([["BAD", `${app} is not there any more`]]);
});

test("a rebuild that cannot be carried through is FAIL, and nothing is known of its files", async () => {
  await using it = await startVerifier();
  await it.say();

  await it.finish({ kind: "broken", step: "installed", message: "nobody has gcc-1-1-x86_64" });

  expect(it.world.bus.sent(rebuildEnded)).toMatchObject([
    {
      status: "FAIL",
      message: "nobody has gcc-1-1-x86_64",
      artifacts: [{ filename: app, status: "UNKWN" }],
    },
  ]);
});

test("the first verdict stands, whatever comes after it", async () => {
  await using it = await startVerifier();
  await it.say();

  await it.finishWith();
  await it.finish({ kind: "failed", step: "build", exitCode: 4 });

  expect(await it.verdicts()).toEqual([["GOOD", null]]);
  expect(it.world.bus.sent(rebuildEnded).map(({ status }) => status)).toEqual(["GOOD"]);
});

test("what was made and is damaged since is no verdict on what is served", async () => {
  await using it = await startVerifier();
  await it.say();
  const made = await it.world.blobs.put(Buffer.from("made"));
  const place = it.world.blobs.placeOf(made.sha256);
  await rm(place);
  await writeFile(place, "lost");

  const finished = it.finish({ kind: "rebuilt", artifacts: [{ filename: app, blob: made }] });

  await expect(finished).rejects.toThrow(`blob ${made.sha256} is damaged`);
  expect(await it.verdicts()).toEqual([[null, null]]);
});

test("what cannot be compared for good is FAIL, with the reason", async () => {
  await using it = await startVerifier();
  await it.say();
  const { rebuild, arch } = it.requested();
  const facts = { lines: null, excerpt: null, clock: null, steps: [] };
  const by = { builder, startedAt: 5, at: 9, log, ...facts };
  const outcome = { kind: "rebuilt" as const, artifacts: [] };
  const finished = { ...{ rebuild, arch, pkgbase: it.pkgbase }, ...by, outcome };

  await giveUpFinished(it.context, finished, new Error("no blob"));

  expect(await it.verdicts()).toEqual([["FAIL", "what was made cannot be compared: no blob"]]);
});

test("a package without .BUILDINFO cannot be pinned, and ends as FAIL", async () => {
  await using it = await startVerifier({ buildinfo: "" });

  await it.order();

  expect(await it.verdicts()).toEqual([["FAIL", `${app} has no .BUILDINFO`]]);
  expect(it.world.bus.sent(rebuildEnded)).toMatchObject([
    { status: "FAIL", artifacts: [{ filename: app, status: "UNKWN" }] },
  ]);
});

test("a reason without end is cut, so that it can be said", async () => {
  await using it = await startVerifier();
  const { rebuild } = await it.order();

  await giveUpPending(it.context, { rebuild }, new TypeError("x".repeat(1_000_000)));

  expect(await it.verdicts()).toEqual([["FAIL", "x".repeat(10_000)]]);
});

test("a package that says more was installed than any container holds cannot be rebuilt", async () => {
  const installed = Array.from({ length: 20_001 }, (_, index) => `a${index}-1-1-any`);
  await using it = await startVerifier({ installed });

  await it.order();

  expect(await it.verdicts()).toEqual([
    ["FAIL", `${app} says that 20001 packages were installed, expected at most 20000`],
  ]);
});
