import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { desc } from "drizzle-orm";
import { expect, test } from "vitest";
import { publishRefused, retirePackage } from "#shared/messages/repo.ts";
import { artifacts, frames, generations } from "#shared/state/repo.ts";
import { signingKeys } from "#shared/state/signatures.ts";
import { isMadeBy } from "../../../services/signer/key.ts";
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

const fooFile = "foo-1.0-1-x86_64.pkg.tar.gz";

type Kiln = Awaited<ReturnType<typeof setup>>;

const signatureOf = async (it: Kiln, file: string) => {
  const answer = await it.fetch(`/x86_64/${file}.sig`);
  return Buffer.from(await answer.arrayBuffer());
};

/** By the key that is announced. */
const isSignedNow = async (it: Kiln, file: string) => {
  const [key] = await it.world.state.read.select().from(signingKeys);
  return isMadeBy(await signatureOf(it, file), key?.fingerprint ?? "none");
};

/** Where a published package's blob, or the list of its files, lies. */
const placesOf = async ({ world: { blobs, state } }: Kiln, name: string) => {
  const rows = await state.read.select().from(artifacts);
  const row = rows.find(({ pkgname }) => pkgname === name);
  return {
    package: blobs.placeOf(row?.sha256 ?? ""),
    files: blobs.placeOf(row?.filesSha256 ?? ""),
  };
};

const changeKey = async (it: Kiln) => {
  await using other = await setup({ SIGN_KEY_GENERATE: "true" });
  const key = await readFile(`${other.world.directory}/sign_key.asc`);
  await writeFile(`${it.world.directory}/sign_key.asc`, key);
};

test.each(["lost", "damaged"])(
  "after a change of the key, a package whose blob is %s keeps its old signature and holds up no other",
  async (what) => {
    await using it = await setup({ SIGN_KEY_GENERATE: "true" }, ["foo", "bar", "baz"]);
    await it.publish();
    await it.publish({ pkgbase: "bar" });
    const before = await signatureOf(it, fooFile);
    const place = (await placesOf(it, "foo")).package;
    const content = await readFile(place);
    await rm(place);
    if (what === "damaged") await writeFile(place, "damaged");
    await changeKey(it);

    await it.publish({ pkgbase: "baz" });
    const served = await it.entries();
    const signed = await Promise.all(
      ["serene.db", ...["foo", "bar", "baz"].map((name) => fooFile.replace("foo", name))].map(
        (file) => isSignedNow(it, file),
      ),
    );
    const kept = await signatureOf(it, fooFile);
    await writeFile(place, content);
    await it.publish({ pkgbase: "bar", version: "1.0-2" });

    expect(served).toEqual(["bar-1.0-1", "baz-1.0-1", "foo-1.0-1"]);
    expect(signed).toEqual([true, false, true, true]);
    expect(kept).toEqual(before);
    expect(it.world.bus.sent(publishRefused)).toEqual([]);
    expect(await isSignedNow(it, fooFile)).toBe(true);
    expect(await it.entries()).toEqual(["bar-1.0-2", "baz-1.0-1", "foo-1.0-1"]);
  },
);

test("with the first key, a lost package stays unsigned and the others are signed", async () => {
  await using it = await setup({}, ["foo", "bar"]);
  await it.publish();
  await rm((await placesOf(it, "foo")).package);
  await changeKey(it);

  await it.publish({ pkgbase: "bar" });

  expect(await it.entries()).toEqual(["bar-1.0-1", "foo-1.0-1"]);
  expect(await isSignedNow(it, "serene.db")).toBe(true);
  expect(await isSignedNow(it, fooFile.replace("foo", "bar"))).toBe(true);
  expect((await it.fetch(`/x86_64/${fooFile}.sig`)).status).toBe(404);
});

test("a lost list of a package's files is read from the package again", async () => {
  await using it = await setup({ SIGN_KEY_GENERATE: "true" }, ["foo", "bar"]);
  await it.publish();
  const { files } = await placesOf(it, "foo");
  const list = await readFile(files);
  await rm(files);

  await it.publish({ pkgbase: "bar" });

  expect(await it.entries("serene.files")).toEqual(["bar-1.0-1", "foo-1.0-1"]);
  expect(await readFile(files)).toEqual(list);
});

test("a package whose file and list are lost is listed without files", async () => {
  await using it = await setup({ SIGN_KEY_GENERATE: "true" }, ["foo", "bar"]);
  await it.publish();
  const places = await placesOf(it, "foo");
  await rm(places.files);
  await rm(places.package);

  await it.publish({ pkgbase: "bar" });

  expect(await it.entries("serene.files")).toEqual(["bar-1.0-1", "foo-1.0-1"]);
});

test("lost pieces of the databases are made again", async () => {
  await using it = await setup({ SIGN_KEY_GENERATE: "true" }, ["foo", "bar"]);
  await it.publish();
  const { blobs, state } = it.world;
  const [generation] = await state.read
    .select()
    .from(generations)
    .orderBy(desc(generations.number));
  const [frame] = await state.read.select().from(frames);
  for (const hash of [generation?.databaseSha256, frame?.databaseSha256])
    await rm(blobs.placeOf(hash ?? ""));
  await changeKey(it);

  await it.publish({ pkgbase: "bar" });

  expect(await it.entries()).toEqual(["bar-1.0-1", "foo-1.0-1"]);
  expect(it.world.bus.sent(publishRefused)).toEqual([]);
});

test("without a key kiln serves unsigned", async () => {
  await using it = await setup({});

  await it.publish();

  expect(await it.entries()).toEqual(["foo-1.0-1"]);
  expect((await it.fetch("/x86_64/serene.db.sig")).status).toBe(404);
  expect((await readdir(it.directory)).filter((name) => name.endsWith(".sig"))).toEqual([]);
});
