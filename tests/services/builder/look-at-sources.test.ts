import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { lookAtSources } from "#shared/messages/vcs.ts";
import { openWith } from "../../../services/builder/context.ts";
import { startBuilder } from "../../support/builder.ts";
import { fakeEngine } from "../../support/fake-containers.ts";

const commit = "a".repeat(40);

const git = (url: string) => ({ protocol: "git" as const, url, ref: "HEAD" });

const setup = async (fakes: Parameters<typeof fakeEngine>[0]) => {
  const fake = fakeEngine(fakes);
  const builder = await startBuilder({}, { open: (base) => openWith(fake.engine, base) });
  return {
    ...fake,
    ask: (...sources: ReturnType<typeof git>[]) => builder.ask(lookAtSources, { sources }),
    [Symbol.asyncDispose]: () => builder[Symbol.asyncDispose](),
  };
};

test("all sources are looked at in one container, which holds no file and is removed", async () => {
  await using it = await setup({
    behaviour: (command) =>
      command.includes("//dead/")
        ? { stderr: "fatal: no route", exit: { kind: "exited", code: 128 } }
        : { stdout: `${commit}\tHEAD\n` },
  });

  const { looks } = await it.ask(git("https://a/x"), git("https://dead/x"), git("ssh://a/x"));

  expect(looks).toEqual([
    { kind: "found", commit },
    { kind: "unknown", message: "https://dead/x: fatal: no route" },
    { kind: "unfollowed", message: "ssh://a/x: ssh needs a key, and a build has none" },
  ]);
  expect(it.specs.map(({ network }) => network)).toEqual([true]);
  expect(it.ran.map(([user]) => user)).toEqual(["build", "build"]);
  expect([it.files.size, it.open()]).toEqual([0, 0]);
});

test("without an engine, the question is left to other builders", async () => {
  await using it = await setup({
    start: async () => {
      throw new Fault("conflict", "the container engine refused a new container");
    },
  });

  await expect(it.ask(git("https://a/x"))).rejects.toMatchObject({
    kind: "unavailable",
    message: "the container engine refused a new container",
  });
});
