import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import type { ExitCode } from "../../cli/exit-code.ts";
import { sayProblems } from "../../cli/say-problems.ts";

type Given = {
  readonly builds?: readonly { readonly base: string; readonly message: string | null }[];
  readonly problems?: readonly {
    readonly base: string;
    readonly kind: string;
    readonly message: string;
  }[];
};

/** Prints the problems of a session with such a report; answers the text and the exit code. */
const say = async (report: Given | undefined, ...codes: ExitCode[]) => {
  const said: string[] = [];
  const get = async () => {
    if (!report) throw new Fault("missing", "no session has this id");
    return { text: "", value: report };
  };
  const session = {
    server: { get },
    world: { messages: { write: (it: string) => said.push(it) } },
  };
  // Safe: these parts alone are used.
  const code = await sayProblems(
    session as unknown as Parameters<typeof sayProblems>[0],
    "x",
    codes,
  );
  return { code, said: said.join("") };
};

const away = { base: "foo", kind: "unasked", message: "cannot ask the AUR" };

test("an order whose sources were all looked at has the exit code of its builds", async () => {
  expect(await say({}, 0, 0)).toEqual({ code: 0, said: "" });
  expect(await say({}, 0, 1)).toEqual({ code: 1, said: "" });
});

test("a source that could not be asked is exit code 5, also where an older copy was built", async () => {
  expect(await say({ problems: [away] }, 0)).toEqual({
    code: 5,
    said: "foo: built from the copy fetched before: cannot ask the AUR\n",
  });
});

test("a build that ended by the problem has said it already", async () => {
  const builds = [{ base: "foo", message: "cannot ask the AUR" }];

  expect(await say({ builds, problems: [away] }, 1)).toEqual({ code: 5, said: "" });
});

test("a source that is gone is exit code 1", async () => {
  const gone = { base: "foo", kind: "gone", message: "the AUR has no package foo any more" };

  expect((await say({ problems: [gone] }, 0)).code).toBe(1);
});

test("a source that counts as changed is built, and that is said", async () => {
  const svn = { base: "foo", kind: "unfollowed", message: "the runner image has no svn" };

  expect(await say({ problems: [svn] }, 0)).toEqual({
    code: 0,
    said: "foo: its source counts as changed: the runner image has no svn\n",
  });
});

test("a server without sessions has no report", async () => {
  expect(await say(undefined, 1)).toEqual({ code: 1, said: "" });
});
