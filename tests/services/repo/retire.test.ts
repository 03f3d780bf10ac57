import * as v from "valibot";
import { expect, test } from "vitest";
import { packageRemoved } from "#shared/messages/package.ts";
import { retirePackage } from "#shared/messages/repo.ts";
import { Pkgbase } from "#shared/model.ts";
import { artifacts, generations, publications } from "#shared/state/repo.ts";
import { startRepo } from "../../support/repo.ts";
import { deletePackage, hidePackage, insertPackage } from "../../support/rows.ts";

const pkgbase = v.parse(Pkgbase, "foo");

const setup = async () => {
  const it = await startRepo({ SIGN_KEY_GENERATE: "true" });
  for (const name of ["foo", "bar"]) {
    await insertPackage(it.world.state, name);
    await it.publish({ pkgbase: name, pkgnames: [name, `${name}-docs`] });
  }
  return it;
};

test("a retired package is answered for when the generation without it is served", async () => {
  await using it = await setup();
  await hidePackage(it.world.state, pkgbase);

  const { generation } = await it.world.ask(retirePackage, { pkgbase });

  const page = await (await it.fetch("/x86_64/")).text();
  const served = [...page.matchAll(/>([^<]+\.pkg\.tar\.gz)</g)].map(([, name]) => name);
  expect(served).toEqual(["bar-1.0-1-x86_64.pkg.tar.gz", "bar-docs-1.0-1-x86_64.pkg.tar.gz"]);
  expect(await it.world.state.read.$count(generations)).toBe(generation);
  expect(await it.world.state.read.$count(artifacts)).toBe(2);
  expect(await it.world.state.read.$count(publications)).toBe(1);
});

test("retiring what is not there makes no generation", async () => {
  await using it = await setup();
  await hidePackage(it.world.state, pkgbase);
  const first = await it.world.ask(retirePackage, { pkgbase });

  const second = await it.world.ask(retirePackage, { pkgbase });
  await it.world.publish(packageRemoved, { pkgbase, at: 0 });

  expect(second).toEqual(first);
  expect(await it.world.state.read.$count(generations)).toBe(first.generation);
});

test("a removal that was only heard of retires the package", async () => {
  await using it = await setup();
  await deletePackage(it.world.state, pkgbase);

  await it.world.publish(packageRemoved, { pkgbase, at: 0 });

  expect((await it.fetch("/x86_64/package/foo")).status).toBe(404);
});

test("what a package published that was added again stays, however late its removal is heard of", async () => {
  await using it = await setup();

  await it.world.publish(packageRemoved, { pkgbase, at: it.world.now() + 1_000 });
  await it.world.ask(retirePackage, { pkgbase });

  expect((await it.fetch("/x86_64/package/foo")).status).toBe(307);
});
