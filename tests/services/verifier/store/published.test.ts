import { expect, test } from "vitest";
import { findBuilt } from "../../../../services/verifier/store/published.ts";
import { insertBuild } from "../../../support/builds.ts";
import { connectTo } from "../../../support/database.ts";
import { makeWorld } from "../../../support/world.ts";

const file = (filename: string, digit: string) => ({
  filename,
  sha256: digit.repeat(64),
  bytes: 1,
});

test("what was built is found by its name without extensions, of builds that succeeded, the newest first", async () => {
  await using world = await makeWorld();
  const success = { state: "success" } as const;
  await insertBuild(world, { ...success, artifacts: [file("foo-1-1-any.pkg.tar.zst", "1")] });
  await insertBuild(world, { ...success, artifacts: [file("foo-1-1-any.pkg.tar", "2")] });
  await insertBuild(world, {
    ...success,
    artifacts: [file("foo-1-1-anything.pkg.tar.zst", "3"), file("bar-1-1-any.pkg.tar.gz", "4")],
  });
  await insertBuild(world, { artifacts: [file("foo-1-1-any.pkg.tar.zst", "5")] });

  const found = await findBuilt(world.state, ["foo-1-1-any", "bar-1-1-any", "baz-1-1-any"]);

  expect(found).toEqual([
    file("bar-1-1-any.pkg.tar.gz", "4"),
    file("foo-1-1-any.pkg.tar", "2"),
    file("foo-1-1-any.pkg.tar.zst", "1"),
  ]);
});

test("what was built is looked up by an index, however many builds there were", async () => {
  await using world = await makeWorld();
  using database = connectTo(`file:${world.directory}/state.db`);
  const { sql, params } = findBuilt(world.state, ["foo-1-1-any"]).toSQL();

  const { rows } = await database.execute({
    sql: `explain query plan ${sql}`,
    args: params.map(String),
  });

  const steps = rows.map(({ detail }) => String(detail));
  expect(steps).toContainEqual(
    expect.stringMatching(/^SEARCH build_artifacts USING INDEX build_artifacts_by_filename/),
  );
  expect(steps.filter((step) => /^SCAN (build_artifacts|builds)/.test(step))).toEqual([]);
});
