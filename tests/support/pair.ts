import { expect } from "vitest";
import { buildEnded, buildStarted } from "#shared/messages/build.ts";
import { repoPublished } from "#shared/messages/repo.ts";
import { minutes, seconds } from "#shared/time.ts";
import { type clientOf, pkgbuildOf } from "./kiln.ts";
import type { openSpy } from "./spy.ts";

type Kiln = ReturnType<typeof clientOf>;

/** Two packages of which one needs the other, to be built while something goes wrong. */
export const pair = ["pair-lib", "pair-app"] as const;

/** Adds both; `build` is what is done to build the one that is needed. */
export const addPair = async (kiln: Kiln, build = ":") => {
  for (const pkgbuild of [
    pkgbuildOf("pair-lib", [], `echo now-building; ${build}`),
    pkgbuildOf("pair-app", ["depends=(pair-lib)"], "echo now-building"),
  ]) {
    const source = { type: "raw", pkgbuild, devel: false };
    const answer = await kiln.post("/package/add", { replace: false, build: false, source });
    expect(answer.status).toBe(200);
  }
};

export const orderPair = async (kiln: Kiln) => {
  const order = { packages: pair, clean: false, resolve: true, force: true };
  expect((await kiln.post("/build", order)).status).toBe(200);
};

/** Resolves when makepkg runs for one of them. */
export const untilBuilding = (kiln: Kiln, name: (typeof pair)[number]) =>
  expect
    .poll(
      async () => {
        const answer = await kiln.request(`/package/${name}/build/latest/logs`);
        return answer.ok && (await answer.text()).includes("now-building");
      },
      { timeout: minutes(4), interval: 200 },
    )
    .toBe(true);

/** What `/readyz` says is wrong, by part. */
export const problemsOf = async (kiln: Kiln) => {
  const answer = await kiln.request("/readyz");
  const said: unknown = await answer.json();
  return [answer.status, said];
};

/** Every ordered build ended well, was begun once, published once, ended once. */
export const expectEachOnce = async (
  kiln: Kiln,
  spy: Awaited<ReturnType<typeof openSpy>>,
  orders: number,
) => {
  await expect
    .poll(
      async () => {
        const builds = await Promise.all(pair.map((it) => kiln.buildsOf(it)));
        return builds.map((its) => its.map(({ state }) => state.state));
      },
      { timeout: minutes(6), interval: seconds(0.5) },
    )
    .toEqual(pair.map(() => Array.from({ length: orders }, () => "success")));
  const each = [buildStarted, repoPublished, buildEnded];
  // The row of a build has its end before the outbox has published that end.
  await expect
    .poll(() => Promise.all(each.map(async (it) => Object.values(await spy.countsOf(it)))), {
      timeout: minutes(1),
      interval: seconds(0.5),
    })
    .toEqual(each.map(() => Array.from({ length: orders * pair.length }, () => 1)));
};
