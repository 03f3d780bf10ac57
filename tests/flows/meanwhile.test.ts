import { afterAll, expect, test, vi } from "vitest";
import { minutes, seconds } from "#shared/time.ts";
import { makeDataDirectory, pkgbuildOf, startKiln } from "../support/kiln.ts";
import { containersOf } from "../support/left-over.ts";

const data = await makeDataDirectory();
const kiln = await startKiln(data.path);

afterAll(async () => {
  for (const it of [kiln, data]) await it[Symbol.asyncDispose]();
});

const success = { state: "success" };

const add = (pkgbuild: string, { replace = false, build = true } = {}) =>
  kiln.post("/package/add", { replace, build, source: { type: "raw", pkgbuild, devel: false } });

const order = (...packages: string[]) =>
  kiln.post("/build", { packages, clean: false, resolve: true, force: true });

const remove = (name: string) => kiln.request(`/package/${name}`, { method: "DELETE" });

const isBuilding = (name: string) =>
  vi.waitFor(
    async () => {
      const answer = await kiln.request(`/package/${name}/build/latest/logs`);
      expect(await answer.text()).toContain("now-building");
    },
    { timeout: minutes(1), interval: 100 },
  );

/** The path that a package's name leads to; null where the repository has no such package. */
const redirect = async (name: string) => {
  const path = `/x86_64/package/${name}`;
  const answer = await kiln.request(path, { redirect: "manual" });
  const location = answer.headers.get("location");
  return location && new URL(location, `http://kiln.example${path}`).pathname;
};

const slow = "echo now-building; sleep 5";

test(
  "a package that is removed while it is built is gone at once, and its container with it",
  async () => {
    await add(pkgbuildOf("gone", [], "echo now-building; sleep 600"));
    await isBuilding("gone");

    const answer = await remove("gone");

    expect(answer.status).toBe(200);
    expect((await kiln.request("/package/gone")).status).toBe(404);
    expect(await (await kiln.request("/package/list")).text()).not.toContain('"gone"');
    await vi.waitFor(
      async () => {
        expect(await kiln.buildsOf("gone")).toEqual([]);
        expect(await containersOf(["gone"])).toBe(0);
      },
      { timeout: seconds(20), interval: 200 },
    );
    expect(await redirect("gone")).toBe(null);
  },
  minutes(2),
);

test(
  "a package that is removed while it is built and added again is built and served anew",
  async () => {
    await add(pkgbuildOf("again", [], slow));
    await isBuilding("again");
    await remove("again");

    const added = await add(pkgbuildOf("again", ["pkgver=2"]));

    expect(added.status).toBe(200);
    expect(await kiln.ends("again")).toEqual({ again: success });
    expect(await kiln.buildsOf("again")).toHaveLength(1);
    expect(await redirect("again")).toBe("/x86_64/again-2-1-any.pkg.tar.zst");
  },
  minutes(2),
);

test(
  "removed and added again and again, the last one stays",
  async () => {
    for (let version = 1; version <= 5; version++) {
      const added = await add(pkgbuildOf("often", [`pkgver=${version}`]));
      expect(added.status).toBe(200);
      if (version < 5) expect((await remove("often")).status).toBe(200);
    }

    expect(await kiln.ends("often")).toEqual({ often: success });
    await vi.waitFor(async () => expect(await kiln.buildsOf("often")).toHaveLength(1), {
      timeout: 15_000,
    });
    expect(await redirect("often")).toBe("/x86_64/often-5-1-any.pkg.tar.zst");
    expect((await kiln.request("/package/often")).status).toBe(200);
  },
  minutes(2),
);

test(
  "two adds of one package at the same time make one package, built once",
  async () => {
    const answers = await Promise.all([add(pkgbuildOf("twice")), add(pkgbuildOf("twice"))]);

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    expect(await kiln.ends("twice")).toEqual({ twice: success });
    expect(await kiln.buildsOf("twice")).toHaveLength(1);
  },
  minutes(3),
);

test(
  "a package that is replaced while it is built ends as the new one",
  async () => {
    await add(pkgbuildOf("swapped", [], slow));
    await isBuilding("swapped");

    const answer = await add(pkgbuildOf("swapped", ["pkgver=2"]), { replace: true });

    expect(answer.status).toBe(200);
    expect(await kiln.ends("swapped")).toEqual({ swapped: success });
    const builds = await kiln.buildsOf("swapped");
    expect(builds.map(({ state, version }) => [state, version])).toEqual([
      [success, "2-1"],
      [success, "1-1"],
    ]);
    expect(await redirect("swapped")).toBe("/x86_64/swapped-2-1-any.pkg.tar.zst");
  },
  minutes(2),
);

test(
  "two orders of one package at the same time are done one after the other",
  async () => {
    await add(pkgbuildOf("ordered", [], "sleep 1"), { build: false });

    const answers = await Promise.all([order("ordered"), order("ordered")]);

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    await vi.waitFor(async () => expect(await kiln.buildsOf("ordered")).toHaveLength(2), {
      timeout: 15_000,
    });
    expect(await kiln.ends("ordered")).toEqual({ ordered: success });
    const [second, first] = await kiln.buildsOf("ordered");
    expect([first?.state, second?.state]).toEqual([success, success]);
    expect(`${first?.ended}` <= `${second?.ended}`).toBe(true);
  },
  minutes(2),
);

test(
  "an order of a package waits for its dependency that another session builds",
  async () => {
    await add(pkgbuildOf("under", [], slow), { build: false });
    await add(pkgbuildOf("over", ["depends=(under)"]), { build: false });
    await order("under");
    await isBuilding("under");

    await order("over");

    expect(await kiln.ends("under", "over")).toEqual({ under: success, over: success });
    const [under] = await kiln.buildsOf("under");
    const [over] = await kiln.buildsOf("over");
    expect(`${under?.ended}` <= `${over?.ended}`).toBe(true);
  },
  minutes(2),
);

test(
  "a dependency that is removed while another package waits for it cancels that one",
  async () => {
    await add(pkgbuildOf("pulled", [], slow), { build: false });
    await add(pkgbuildOf("waiting", ["depends=(pulled)"]), { build: false });
    await order("pulled", "waiting");
    await isBuilding("pulled");

    expect((await remove("pulled")).status).toBe(200);

    expect(await kiln.ends("waiting")).toMatchObject({ waiting: { state: "cancelled" } });
  },
  minutes(2),
);
