import * as v from "valibot";
import { expect, test } from "vitest";
import { BuildId, Pkgbase, Pkgname, SessionId } from "#shared/model.ts";
import { PackageInfo, PackageList } from "#shared/views.ts";
import { changePackage } from "../../../../services/api/change-package.ts";
import { changeBuild } from "../../../../services/scheduler/change-build.ts";
import { writeBuilds } from "../../../../services/scheduler/store/write-builds.ts";
import { insertBuildOf, insertPublished, startApi } from "../../../support/api.ts";
import { memoryMeasure } from "../../../support/memory-measure.ts";
import {
  insertOrder,
  insertPackage,
  insertSource,
  withoutMessages,
} from "../../../support/rows.ts";

test("GET /package/{name} shows settings, source and what is published", async () => {
  await using api = await startApi({ SCHEDULE: "0 30 4 * * *" });
  const { pkgbase } = await insertPackage(api.world.state, "Foo");
  await insertPublished(api.world, pkgbase, {
    lines: ["pkgdesc = does it", "url = https://foo.example"],
  });
  await insertBuildOf(api.world, pkgbase);

  const response = await api.request("/package/Foo");

  expect(v.parse(PackageInfo, await response.json())).toEqual({
    base: "Foo",
    members: ["Foo"],
    description: "does it",
    upstream_url: "https://foo.example",
    builds: 1,
    version: "1:1.0.0-2",
    source: "git repository",
    source_url: "https://git.example/Foo.git",
    devel: false,
    srcinfo_override: false,
    enabled: true,
    clean: true,
    private: false,
    dependency: false,
    schedule: "0 30 4 * * *",
    schedule_changed: false,
    prepare_commands: null,
    makepkg_flags: [],
    added: "1970-01-01T00:00:00.000Z",
  });
});

test.each([
  ["nopkg", "nopkg"],
  ["..%2Fetc", "../etc"],
  ["foo%20bar", "foo bar"],
])("GET /package/%s is not added", async (path, name) => {
  await using api = await startApi();

  const response = await api.request(`/package/${path}`);

  expect([response.status, await response.text()]).toEqual([
    404,
    `package with base ${name} is not added`,
  ]);
});

test("GET /package/list shows packages in the order they were added, each with its newest build", async () => {
  await using api = await startApi();
  const zsh = await insertPackage(api.world.state, "zsh-git");
  await insertPackage(api.world.state, "abc");
  await insertPublished(api.world, zsh.pkgbase);
  await insertBuildOf(api.world, zsh.pkgbase, { state: "failure" });
  await insertBuildOf(api.world, zsh.pkgbase, { state: "running", reason: "webhook" });

  const response = await api.request("/package/list");

  expect(v.parse(PackageList, await response.json())).toEqual([
    {
      base: "zsh-git",
      members: ["zsh-git"],
      version: "1:1.0.0-2",
      enabled: true,
      devel: false,
      build: {
        state: { state: "running", info: "build" },
        reason: "webhook",
        version: null,
        started: "2026-01-01T00:00:00.001Z",
        ended: null,
        mem_peak: null,
        cpu_user: null,
        cpu_system: null,
        io_tbr: null,
        io_tbw: null,
      },
      added: "1970-01-01T00:00:00.000Z",
    },
    {
      base: "abc",
      members: [],
      version: null,
      enabled: true,
      devel: false,
      build: null,
      added: "1970-01-01T00:00:00.000Z",
    },
  ]);
});

test("GET …/pkgbuild gives what is published as a JSON string, or says that nothing is", async () => {
  await using api = await startApi();
  const { pkgbase } = await insertPackage(api.world.state, "foo");

  const never = await api.request("/package/foo/pkgbuild");
  await insertPublished(api.world, pkgbase);
  const published = await api.request("/package/foo/pkgbuild");

  expect([never.status, await never.text()]).toEqual([
    404,
    "package was never built and has thus no used package build",
  ]);
  expect(await published.text()).toBe('"pkgname=foo\\n"');
});

test("a list shows an add, an order and the end of a build in the very next answer", async () => {
  await using api = await startApi();
  const { state } = api.world;
  const shown = async () => {
    const list = v.parse(PackageList, await (await api.request("/package/list")).json());
    return list.map(({ base, build }) => `${base} ${build?.state.state ?? "never built"}`);
  };
  const pkgbase = v.parse(Pkgbase, "foo");
  const { source, specHash } = await insertSource(state, "foo");
  const build = v.parse(BuildId, crypto.randomUUID());
  const session = {
    id: v.parse(SessionId, crypto.randomUUID()),
    reason: "manual",
    resolve: true,
    force: false,
    orderedAt: 1,
  } as const;

  const before = await shown();
  const spec = { type: "aur", name: v.parse(Pkgname, "foo") } as const;
  const proposed = { pkgbase, spec, specHash, source, devel: false, dependency: false };
  const services = { state: withoutMessages(state), now: () => 2, measure: memoryMeasure() };
  await changePackage(services, pkgbase, { kind: "added", proposed, replace: false });
  const added = await shown();
  await writeBuilds(state, (transaction) =>
    insertOrder(transaction, { session, wanted: [{ pkgbase, build, source }] }),
  );
  const ordered = await shown();
  await changeBuild(services, build, { kind: "cancelled", message: "no" });

  expect([before, added, ordered, await shown()]).toEqual([
    [],
    ["foo never built"],
    ["foo pending"],
    ["foo cancelled"],
  ]);
});
