import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { publishRefused, retirePackage } from "#shared/messages/repo.ts";
import { startRepo } from "../../support/repo.ts";
import { hidePackage } from "../../support/rows.ts";

const setup = (environment: Record<string, string>, packages = ["foo"]) =>
  startRepo(environment, { packages });

test("with a key that cannot sign a build is refused naming why, and the old package stays", async () => {
  await using it = await setup({});
  await it.publish();
  const key = `${it.world.directory}/sign_key.asc`;
  await writeFile(key, "not a key");

  await it.publish({ version: "1.0-2" });

  const reason = "it holds no OpenPGP key; export one with gpg --armor --export-secret-keys";
  expect(it.world.bus.sent(publishRefused).map(({ message }) => message)).toEqual([
    `${key} cannot sign: ${reason}; foo 1.0-1 stays in the repository`,
  ]);
  expect(await it.entries()).toEqual(["foo-1.0-1"]);
});

test("with a key that cannot sign a removal waits until it can", async () => {
  await using it = await setup({});
  await it.publish();
  const key = `${it.world.directory}/sign_key.asc`;
  await writeFile(key, "not a key");
  const pkgbase = await hidePackage(it.world.state, "foo");

  const asked = it.world.ask(retirePackage, { pkgbase });

  await expect(asked).rejects.toMatchObject({ kind: "unavailable" });
  await rm(key);
  await it.world.ask(retirePackage, { pkgbase });
  expect(await it.entries()).toEqual([]);
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
