import { expect, test } from "vitest";
import { seconds } from "#shared/time.ts";
import { refuse, runCommandLine } from "../support/command-line.ts";
import { aRebuild } from "../support/views.ts";

const away = refuse(503, "nobody answered build.order within 10 s");
const done = () => new Response(null);
const broken = () => {
  throw new TypeError("fetch failed", { cause: new Error("other side closed") });
};
const refused = () => {
  throw new TypeError("fetch failed", {
    cause: Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }),
  });
};

test.each([
  [["build", "foo"], "POST /build", done],
  [["build", "--all"], "POST /build/all", done],
  [["verify", "foo"], "POST /package/foo/rebuild", () => Response.json(aRebuild(null))],
])("%j is sent again with its key until it is answered", async (commandLine, route, answer) => {
  const { code, requests, slept, messages } = await runCommandLine(commandLine, {
    answers: { [route]: [away, broken, refused, answer] },
  });

  const keys = new Set(requests.map(({ key }) => key));
  expect([code, requests.length, keys.size]).toEqual([0, 4, 1]);
  expect([...keys][0]).toMatch(/^[0-9a-f-]{36}$/);
  expect(slept).toEqual([seconds(5), seconds(10), seconds(20)]);
  expect(messages).toMatch(/^no answer to the order yet; it is sent again in 5 s\n/);
});

test("each command has a key of its own", async () => {
  const answers = { "POST /build": null };

  const first = await runCommandLine(["build", "foo"], { answers });
  const second = await runCommandLine(["build", "foo"], { answers });

  expect(first.requests[0]?.key).not.toBe(second.requests[0]?.key);
});

test("an order that is never answered ends in the words of the last answer", async () => {
  const { code, messages, requests } = await runCommandLine(["build", "foo"], {
    answers: { "POST /build": away },
  });

  expect([code, requests.length]).toEqual([5, 4]);
  expect(messages).toMatch(/\nkiln: nobody answered build\.order within 10 s/);
});

test.each([
  ["a server that is not there", refused, 5],
  ["a server that refuses", refuse(404, "package with base foo is not added"), 3],
  ["a server that fails", refuse(500, "internal error"), 5],
])("%s is asked once", async (_what, answer, exitCode) => {
  const { code, requests } = await runCommandLine(["build", "foo"], {
    answers: { "POST /build": answer },
  });

  expect([code, requests.length]).toEqual([exitCode, 1]);
});

test("what is no order has no key, and is sent once", async () => {
  const { requests } = await runCommandLine(["remove", "foo"], {
    answers: { "DELETE /package/foo": away },
  });

  expect(requests.map(({ method, key }) => [method, key])).toEqual([
    ["GET", null],
    ["DELETE", null],
  ]);
});
