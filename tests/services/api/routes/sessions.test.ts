import * as v from "valibot";
import { expect, test } from "vitest";
import { BuildId, Pkgbase } from "#shared/model.ts";
import { builds, sessionProblems } from "#shared/state/builds.ts";
import { SessionInfo } from "#shared/views.ts";
import { insertBuildOf, startApi } from "../../../support/api.ts";

const foo = v.parse(Pkgbase, "foo");
const unknown = "0e3f0b0c-3c1d-4b6c-9d51-8d3a5b1f2a77";

test("a session shows what became of its order", async () => {
  await using api = await startApi();
  const build = await insertBuildOf(api.world, foo, {
    state: "fatal",
    message: "no image",
    progress: "build",
    reason: "schedule",
    startedAt: Date.UTC(2026, 0, 1, 0, 1),
    endedAt: Date.UTC(2026, 0, 1, 0, 2),
  });
  const row = await api.world.state.read.select().from(builds).get();
  if (!row) throw new Error("there is no build");
  const { session, pkgbase } = row;
  const problem = { session, pkgbase, kind: "unasked", message: "cannot ask the AUR" } as const;
  await api.world.state.write((transaction) => transaction.insert(sessionProblems).values(problem));

  const response = await api.request(`/sessions/${session}`);

  expect(v.parse(SessionInfo, await response.json())).toEqual({
    session,
    reason: "schedule",
    ordered: "2026-01-01T00:00:00.000Z",
    resolve: true,
    force: false,
    builds: [
      {
        base: "foo",
        build,
        state: "fatal",
        ordered: "2026-01-01T00:00:00.000Z",
        started: "2026-01-01T00:01:00.000Z",
        ended: "2026-01-01T00:02:00.000Z",
        version: null,
        message: "no image",
      },
    ],
    next: null,
    problems: [{ base: "foo", kind: "unasked", message: "cannot ask the AUR" }],
    problem_count: 1,
    planned: false,
  });
});

test.each([
  ["pending", "pending"],
  ["requested", "pending"],
  ["running", "running"],
  ["publishing", "running"],
  ["success", "success"],
] as const)("a build that is %s is shown as %s, as elsewhere", async (state, shown) => {
  await using api = await startApi();
  await insertBuildOf(api.world, foo, { state });
  const row = await api.world.state.read.select().from(builds).get();

  const response = await api.request(`/sessions/${row?.session}`);

  const { builds: its } = v.parse(SessionInfo, await response.json());
  expect(its.map((it) => [it.state, it.started, it.ended])).toEqual([[shown, null, null]]);
});

test.each([unknown, "latest"])("there is no session %s", async (id) => {
  await using api = await startApi();

  const response = await api.request(`/sessions/${id}`);

  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ detail: "no session has this id" });
});

test("a session is read with a secret only, unless ALLOW_READS is set", async () => {
  await using api = await startApi({ ALLOW_READS: "false" });

  expect((await api.request(`/sessions/${unknown}`)).status).toBe(401);
});

test("a large session is shown page by page, each build once", async () => {
  await using api = await startApi();
  await insertBuildOf(api.world, v.parse(Pkgbase, "p0000"));
  const [first] = await api.world.state.read.select().from(builds);
  if (!first) throw new Error("there is no build");
  const rows = Array.from({ length: 1_000 }, (_, at) => ({
    ...first,
    id: v.parse(BuildId, crypto.randomUUID()),
    pkgbase: v.parse(Pkgbase, `p${String(at + 1).padStart(4, "0")}`),
  }));
  for (const row of rows) await api.world.state.write((tx) => tx.insert(builds).values(row));

  const sizes: number[] = [];
  const bases: string[] = [];
  for (let after: string | null = ""; after !== null; ) {
    const response = await api.request(`/sessions/${first.session}?after=${after}`);
    const page = v.parse(SessionInfo, await response.json());
    sizes.push(page.builds.length);
    bases.push(...page.builds.map(({ base }) => base));
    after = page.next;
  }

  expect(sizes).toEqual([500, 500, 1]);
  expect(bases).toEqual(["p0000", ...rows.map(({ pkgbase }) => pkgbase)]);
});
