import { expect, test } from "vitest";
import { ensureMirror } from "../../../cli/setup/mirror.ts";
import { ensureRunnerImage } from "../../../cli/setup/runner-image.ts";
import { startFakeEngine } from "../../support/fake-engine.ts";

const setup = async () => {
  const said: string[] = [];
  const engine = await startFakeEngine({
    "kiln-runner:1": { "kiln.runner": "2" },
    "kiln-runner:2": { "kiln.runner": "2", "kiln.runner.stand-in": "1" },
  });
  return {
    wish: { url: engine.url, mayInstall: false, say: (line: string) => said.push(line) },
    said,
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
};

test.each([
  ["kiln-runner:1", false],
  ["kiln-runner:2", true],
])("%s is there and is not made again", async (image, isStandIn) => {
  await using world = await setup();

  const runner = await ensureRunnerImage({ ...world.wish, image });

  expect(runner).toEqual({ id: `sha256:${image}`, isStandIn });
  expect(world.said).toEqual([]);
});

test("a real runner image brings no mirror of its own", async () => {
  await using world = await setup();
  const image = "kiln-runner:1";
  const runner = await ensureRunnerImage({ ...world.wish, image });

  const mirror = await ensureMirror({
    ...world.wish,
    image,
    runner,
    dataDirectory: "/nonexistent",
  });

  expect(mirror).toBeUndefined();
});
