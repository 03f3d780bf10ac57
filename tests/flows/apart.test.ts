import { expect, test, vi } from "vitest";
import { buildEnded, buildFinished, buildPending, buildStarted } from "#shared/messages/build.ts";
import { repoPublished } from "#shared/messages/repo.ts";
import { minutes } from "#shared/time.ts";
import { all } from "../../services/all.ts";
import { startApart } from "../support/apart.ts";
import { installSigned } from "../support/install-signed.ts";
import { killAtWork, type Service } from "../support/kill-at-work.ts";
import { pkgbuildOf } from "../support/kiln.ts";
import { containersOf } from "../support/left-over.ts";
import { seeded } from "../support/seeded.ts";

const packages = ["apart-lib", "apart-app"] as const;

/** Every service, in an order of chance. */
const victimsOf = (random: () => number): readonly Service[] =>
  all
    .map((service) => ({ service, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ service }) => service);

test(
  "each service is killed once while it has work in hand, and each order comes out once",
  async () => {
    await using apart = await startApart();
    const random = seeded(4);
    const api = () => apart.find("api", Math.floor(random() * 2));
    const add = (pkgbuild: string) =>
      api().post("/package/add", {
        replace: false,
        build: false,
        source: { type: "raw", pkgbuild, devel: false },
      });
    await add(pkgbuildOf("apart-lib", [], "sleep 1"));
    await add(pkgbuildOf("apart-app", ["depends=(apart-lib)"], "sleep 1"));
    let orders = 0;
    /** Orders both anew where both are built. */
    const busy = async ({ name }: Service) => {
      if (name === "verifier") await api().post("/package/apart-lib/rebuild", {});
      const built = await Promise.all(packages.map(api().buildsOf));
      if (built.flat().some(({ ended }) => ended === null)) return;
      const order = { packages, clean: false, resolve: true, force: true };
      expect((await api().post("/build", order)).status).toBe(200);
      orders += 1;
    };
    const attempts: Record<string, number> = {};

    for (const service of victimsOf(random)) {
      const { kiln, builds } = await killAtWork(apart, service, {
        random,
        busy,
        pkgbase: "apart-lib",
      });
      for (const build of builds) attempts[build] = (attempts[build] ?? 1) + 1;
      await apart.revive(service.name, kiln);
    }

    const built = await vi.waitFor(
      async () => {
        const all = await Promise.all(packages.map(apart.find("api").buildsOf));
        expect(all.flat().filter(({ ended }) => ended === null)).toEqual([]);
        return all;
      },
      { timeout: minutes(6), interval: 500 },
    );
    expect(built.map((its) => its.length)).toEqual([orders, orders]);
    expect(built.flat().map(({ state }) => state)).toEqual(
      Array.from({ length: 2 * orders }, () => ({ state: "success" })),
    );
    const once = await apart.spy.countsOf(buildPending);
    expect(Object.values(once)).toEqual(Array.from({ length: 2 * orders }, () => 1));
    // The row of a build has its end before the outbox has published that end.
    for (const message of [buildFinished, repoPublished, buildEnded])
      await expect
        .poll(() => apart.spy.countsOf(message), {
          message: message.subject,
          timeout: minutes(1),
          interval: 500,
        })
        .toEqual(once);
    expect(await apart.spy.countsOf(buildStarted)).toEqual({ ...once, ...attempts });
    await vi.waitFor(async () => expect(await containersOf(packages)).toBe(0), minutes(1));
    const { url } = apart.find("repo");
    expect(await installSigned(url, ["apart-app"], api().url)).toEqual(["apart-app", "apart-lib"]);
  },
  minutes(15),
);
