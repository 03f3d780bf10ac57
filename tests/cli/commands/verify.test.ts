import { expect, test } from "vitest";
import type { RebuildInfo } from "#shared/views.ts";
import { refuse, runCommandLine } from "../../support/command-line.ts";
import { aRebuild } from "../../support/views.ts";

const waiting = aRebuild(null);
const one = `GET /package/foo/rebuild/${waiting.id}`;
const ended = { ended: "2026-01-01T11:57:42.000Z" };

const json = (value: unknown) => () => Response.json(value);

const answering = (end: RebuildInfo) => ({
  "POST /package/foo/rebuild": waiting,
  [one]: [json(waiting), refuse(503, "restarting"), json(waiting), json(end)],
  [`${one}/logs`]: "==> Making package\n",
});

test("a rebuild is ordered, and named", async () => {
  const { code, output, requests } = await runCommandLine(["verify", "foo"], {
    answers: { "POST /package/foo/rebuild": waiting },
  });

  expect([code, output]).toEqual([0, `ordered a rebuild of foo 1-1: ${waiting.id}\n`]);
  expect(requests).toHaveLength(1);
});

test.each<[RebuildInfo["status"], string | null, number, string]>([
  ["GOOD", null, 0, "foo 1-1: GOOD after 42 s\n"],
  [
    "BAD",
    "foo.pkg differs from byte 4 on",
    6,
    "foo 1-1: BAD after 42 s: foo.pkg differs from byte 4 on\n",
  ],
  ["FAIL", "nobody has\ngcc", 1, "foo 1-1: FAIL after 42 s: nobody has; gcc\n"],
])("--wait for what is %s (%s) ends with exit code %i", async (status, message, code, output) => {
  const answers = answering(aRebuild(status, { message, ...ended }));

  expect(await runCommandLine(["verify", "foo", "--wait"], { answers })).toMatchObject({
    code,
    output,
  });
});

test("--follow shows the log before the verdict", async () => {
  const { output } = await runCommandLine(["verify", "foo", "--follow"], {
    answers: answering(aRebuild("GOOD", ended)),
  });

  expect(output).toBe("==> Making package\nfoo 1-1: GOOD after 42 s\n");
});

test("--json gives what the API gave of the end", async () => {
  const end = aRebuild("BAD", ended);

  const { code, output } = await runCommandLine(["verify", "foo", "--follow", "--json"], {
    answers: answering(end),
  });

  expect([code, JSON.parse(output)]).toEqual([6, end]);
});

test("what is not published is exit code 3, in the server's words", async () => {
  const { code, messages } = await runCommandLine(["verify", "foo", "--wait"], {
    answers: { "POST /package/foo/rebuild": refuse(404, "nothing of package foo is published") },
  });

  expect([code, messages]).toEqual([
    3,
    'kiln: nothing of package foo is published; "kiln list" shows what there is\n',
  ]);
});
