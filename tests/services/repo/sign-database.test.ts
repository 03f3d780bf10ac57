import { readdir, readFile, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { startRepo } from "../../support/repo.ts";

const setup = (environment: Record<string, string>, packages = ["foo"]) =>
  startRepo(environment, { packages });

test("a key that cannot sign keeps everything as it is, until it can", async () => {
  await using it = await setup({});
  await it.publish();
  await writeFile(`${it.world.directory}/sign_key.asc`, "not a key");

  const published = it.publish({ version: "1.0-2" });

  await expect(published).rejects.toMatchObject({ kind: "unavailable" });
  expect(await it.entries()).toEqual(["foo-1.0-1"]);
});

test("a key that is dropped in later signs everything there is with the next generation", async () => {
  await using it = await setup({}, ["foo", "bar"]);
  await using other = await setup({ SIGN_KEY_GENERATE: "true" });
  await it.publish();
  const before = await it.fetch("/x86_64/foo-1.0-1-x86_64.pkg.tar.gz.sig");
  await writeFile(
    `${it.world.directory}/sign_key.asc`,
    await readFile(`${other.world.directory}/sign_key.asc`),
  );

  await it.publish({ pkgbase: "bar" });

  expect(before.status).toBe(404);
  const paths = ["foo-1.0-1-x86_64.pkg.tar.gz.sig", "serene.db.sig", "serene.files.tar.gz.sig"];
  const after = await Promise.all(paths.map((path) => it.fetch(`/x86_64/${path}`)));
  expect(after.map(({ status }) => status)).toEqual([200, 200, 200]);
});

test("without a key kiln serves unsigned", async () => {
  await using it = await setup({});

  await it.publish();

  expect(await it.entries()).toEqual(["foo-1.0-1"]);
  expect((await it.fetch("/x86_64/serene.db.sig")).status).toBe(404);
  expect((await readdir(it.directory)).filter((name) => name.endsWith(".sig"))).toEqual([]);
});
