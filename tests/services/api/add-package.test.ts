import { eq } from "drizzle-orm";
import * as v from "valibot";
import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { sessionOrdered } from "#shared/messages/build.ts";
import { packageAdded, packageChanged } from "#shared/messages/package.ts";
import type { ResolvedAdd } from "#shared/messages/resolve.ts";
import { Pkgbase, Pkgname } from "#shared/model.ts";
import { sources } from "#shared/state/sources.ts";
import { AddedPackages } from "#shared/views.ts";
import { startAddingApi } from "../../support/adding-api.ts";
import { listRows } from "../../support/api.ts";
import { insertPackage } from "../../support/rows.ts";

const base = (name: string) => v.parse(Pkgbase, name);

const aur = (name: string, rest = {}) => ({
  replace: false,
  source: { type: "aur", name },
  ...rest,
});

test("an add answers with the package and what came along, and orders their builds", async () => {
  await using api = await startAddingApi();

  const response = await api.write("POST", "/package/add", aur("app"));

  expect(response.status).toBe(200);
  const added = v.parse(AddedPackages, await response.json());
  expect(added.map(({ base, dependency, clean }) => ({ base, dependency, clean }))).toEqual([
    { base: "app", dependency: false, clean: true },
    { base: "lib", dependency: true, clean: false },
  ]);
  expect(api.world.bus.sent(packageAdded).map(({ pkgbase }) => pkgbase)).toEqual(["app", "lib"]);
  const [asked, ...others] = api.orders;
  const order = {
    packages: ["app", "lib"],
    sources: api.sources,
    reason: "initial",
    resolve: true,
    force: false,
  };
  expect(others).toEqual([]);
  expect(asked).toMatchObject(order);
  expect(api.world.bus.sent(sessionOrdered)).toEqual([
    { session: asked?.session, ...order, renumber: [], all: false, schedules: [] },
  ]);
});

test("an added package looks as serene's does", async () => {
  await using api = await startAddingApi();

  const response = await api.write("POST", "/package/add", aur("app", { build: false }));

  expect((await response.text()).split("},{")[0]).toBe(
    '[{"base":"app","members":[],"description":null,"upstream_url":null,"builds":0,"version":null,"source":"aur package","source_url":"https://aur.archlinux.org/pkgbase/app","devel":false,"srcinfo_override":false,"enabled":true,"clean":true,"private":false,"dependency":false,"schedule":"0 0 0 * * *","schedule_changed":false,"prepare_commands":null,"makepkg_flags":[],"added":"2026-01-01T00:00:00.000Z"',
  );
  expect(api.orders).toEqual([]);
});

test("an add of what is there already is refused, whoever notices, and changes nothing", async () => {
  await using api = await startAddingApi();
  await api.write("POST", "/package/add", aur("app"));
  const before = await listRows(api.world);

  const response = await api.write("POST", "/package/add", aur("app"));

  expect([response.status, await response.text()]).toEqual([
    400,
    "package with the same base is already added",
  ]);
  expect(await listRows(api.world)).toEqual(before);
});

test("a replaced package keeps its settings and gets the new source; its dependencies stay as they are", async () => {
  await using api = await startAddingApi();
  await insertPackage(api.world.state, "app");
  await insertPackage(api.world.state, "lib");
  const [old, lib] = await listRows(api.world);

  const response = await api.write("POST", "/package/add", aur("app", { replace: true }));

  expect(v.parse(AddedPackages, await response.json()).map(({ base }) => base)).toEqual(["app"]);
  expect(old?.spec).not.toEqual(api.specs.app);
  expect(await listRows(api.world)).toEqual([{ ...old, spec: api.specs.app }, lib]);
  expect(api.world.bus.sent(packageChanged)).toMatchObject([{ pkgbase: "app" }]);
  expect(api.world.bus.sent(packageAdded)).toEqual([]);
});

test.each<[outcome: ResolvedAdd, status: number, text: string]>([
  [{ kind: "exists", pkgbase: base("app") }, 400, "package with the same base is already added"],
  [
    { kind: "unknown", name: v.parse(Pkgname, "nope-nope") },
    404,
    "aur package 'nope-nope' does not exist",
  ],
  [
    { kind: "unmet", pkgbase: base("app"), missing: ["a>=2", "b"] },
    422,
    "failed to satisfy all dependencies for app, missing are a>=2, b",
  ],
  [
    { kind: "unusable", message: "failed to clone git repository: fatal" },
    422,
    "failed to checkout source: failed to clone git repository: fatal",
  ],
  [{ kind: "failed", fault: "unavailable", message: "nobody answers" }, 503, "nobody answers"],
])("an add that comes to %o adds nothing and says why", async (outcome, status, text) => {
  await using api = await startAddingApi();
  api.answers.resolve = async () => outcome;

  const response = await api.write("POST", "/package/add", aur("app"));

  expect([response.status, await response.text()]).toEqual([status, text]);
  expect(await listRows(api.world)).toEqual([]);
});

test.each(["../app", "-app", "a b"])("no AUR package is named %s", async (name) => {
  await using api = await startAddingApi();

  const response = await api.write("POST", "/package/add", aur(name));

  expect([response.status, await response.text()]).toEqual([
    404,
    `aur package '${name}' does not exist`,
  ]);
});

test("a raw PKGBUILD goes to the resolver by way of the blob store", async () => {
  await using api = await startAddingApi();
  const source = { type: "raw", pkgbuild: "pkgname=app\n", devel: false };

  await api.write("POST", "/package/add", { replace: false, source });

  expect(await api.world.blobs.has(await sha256Of(source.pkgbuild))).toBe(true);
});

test("where the scheduler does not answer, the add stands, and a message orders its builds", async () => {
  await using api = await startAddingApi();
  api.answers.order = async () => {
    throw new Fault("unavailable", "nobody answers build.order");
  };

  const response = await api.write("POST", "/package/add", aur("app"));

  expect(response.status).toBe(200);
  expect(api.world.bus.sent(sessionOrdered)).toMatchObject([
    { packages: ["app", "lib"], reason: "initial", resolve: true, force: false },
  ]);
});

test("an add whose sources went with a removed package meanwhile adds nothing", async () => {
  await using api = await startAddingApi();
  await api.world.state.write((tx) => tx.delete(sources).where(eq(sources.id, api.sources.lib)));

  const response = await api.write("POST", "/package/add", aur("app"));

  expect([response.status, await response.text()]).toEqual([
    409,
    "package lib was removed meanwhile, try again",
  ]);
  expect(await listRows(api.world)).toEqual([]);
});

test("a package that is being removed cannot be added until it is gone", async () => {
  await using api = await startAddingApi();
  await api.write("POST", "/package/add", aur("app"));
  api.answers.retire = async () => {
    throw new Fault("unavailable", "nobody answers repo.retire");
  };
  await api.write("DELETE", "/package/app");

  const response = await api.write("POST", "/package/add", aur("app"));

  expect([response.status, await response.text()]).toEqual([
    409,
    "package app is being removed, try again soon",
  ]);
});

const sha256Of = async (text: string) => {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
};
