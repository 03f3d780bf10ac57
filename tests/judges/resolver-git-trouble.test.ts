import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { expect, test } from "vitest";
import { connectGit } from "../../services/resolver/git.ts";
import { SourceFault } from "../../services/resolver/unusable.ts";
import { startAur } from "../support/aur.ts";
import { recipe } from "../support/recipe.ts";
import { makeScratch } from "../support/scratch.ts";
import { mountSmallDisk } from "../support/small-disk.ts";

const gitIn = (directory: string) =>
  connectGit({
    directory,
    allowFile: false,
    timeout: 20_000,
    limit: 64_000_000,
    signal: new AbortController().signal,
  });

test("a full disk under git's files is trouble of kiln's own, whoever notices it", async () => {
  await using scratch = await makeScratch();
  const place = join(scratch.path, "work");
  await using disk = await mountSmallDisk(place, 8);
  await using aur = await startAur();
  const large = randomBytes(6_000_000).toString("hex");
  await aur.add({ ...recipe({ pkgbase: "large" }), files: { large } });
  const fetching = () =>
    gitIn(place)
      .fetch(`${aur.url}/large.git`)
      .catch((error: unknown) => error);

  const noticedByGit = await fetching();
  await disk.fill();
  const noticedByUs = await fetching();

  expect([noticedByGit, noticedByUs]).toMatchObject([
    { kind: "unavailable", message: expect.stringContaining("No space left on device") },
    {
      kind: "unavailable",
      message: `git's files cannot be written into ${place} (ENOSPC); mend that`,
    },
  ]);
  expect([noticedByGit, noticedByUs].some((it) => it instanceof SourceFault)).toBe(false);
});

test("an unreachable server is the source's trouble", async () => {
  await using scratch = await makeScratch();

  const fetching = gitIn(scratch.path).fetch("http://127.0.0.1:1/x.git");

  await expect(fetching).rejects.toBeInstanceOf(SourceFault);
});
