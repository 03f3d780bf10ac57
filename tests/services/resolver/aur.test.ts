import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { pause } from "#shared/pause.ts";
import { serve } from "#shared/runtime.ts";
import { jsonLog } from "#shared/service/log.ts";
import { connectAur } from "../../../services/resolver/aur.ts";

/** A server that remembers what it was sent; `answer` is called with how often it was asked before. */
const setup = async (answer: (before: number) => Response | Promise<Response>, retries = 0) => {
  const logged: string[] = [];
  const sent: { path: string; type: string | null; form: string }[] = [];
  const server = await serve(
    async (request) => {
      const { pathname } = new URL(request.url);
      const type = request.headers.get("content-type");
      sent.push({ path: pathname, type, form: await request.text() });
      return answer(sent.length - 1);
    },
    "127.0.0.1",
    0,
  );
  const url = `http://127.0.0.1:${server.port}`;
  const { signal } = new AbortController();
  const log = jsonLog((line) => logged.push(line));
  const aur = connectAur({ url: `${url}/`, timeout: 200, retries, signal, pause, log });
  return { aur, sent, url, logged, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
};

/** As the AUR's RPC answered serene. */
const row = {
  ID: 3000,
  Name: "demo-mid",
  PackageBaseID: 3,
  PackageBase: "demo-mid",
  Version: "2.0-1",
  Description: "needs demo-lib",
  URL: null,
  NumVotes: 1,
  Popularity: 0.1,
  OutOfDate: 1_700_000_002,
  Maintainer: "somebody",
  CoMaintainers: ["else"],
  Submitter: "gone",
  LastModified: 1_700_000_001,
  Depends: ["demo-lib>=1.0", "bash"],
  Provides: ["demo-api=2"],
};

const listed = {
  name: "demo-mid",
  pkgbase: "demo-mid",
  version: "2.0-1",
  provides: ["demo-api=2"],
  votes: 1,
  record: {
    maintainer: "somebody",
    comaintainers: ["else"],
    submitter: "gone",
    lastModified: 1_700_000_001_000,
    outOfDate: 1_700_000_002_000,
  },
};

const answerOf = (type: string, ...results: object[]) =>
  Response.json({ version: 5, type, resultcount: results.length, results });

test("names are asked about as serene does", async () => {
  await using it = await setup(() => answerOf("multiinfo", row));

  expect(await it.aur.info(["demo-mid", "a+b"])).toEqual([listed]);
  expect(it.sent).toEqual([
    {
      path: "/rpc/",
      type: expect.stringMatching(/^application\/x-www-form-urlencoded/),
      form: "arg%5B%5D=demo-mid&arg%5B%5D=a%2Bb&type=info&v=5",
    },
  ]);
});

test("many names are asked about two hundred at a time", async () => {
  await using it = await setup(() => answerOf("multiinfo"));

  await it.aur.info(Array.from({ length: 401 }, (_, index) => `p${index}`));

  expect(it.sent.map(({ form }) => form.split("&").length - 2)).toEqual([200, 200, 1]);
});

test("no names take no request", async () => {
  await using it = await setup(() => answerOf("multiinfo"));

  expect(await it.aur.info([])).toEqual([]);
  expect(it.sent).toEqual([]);
});

test("who provides a name is searched for, and a name it will not search has nobody", async () => {
  const refused = {
    version: 5,
    type: "error",
    resultcount: 0,
    results: [],
    error: "Query arg too small.",
  };
  await using it = await setup((before) =>
    before === 0 ? answerOf("search", row) : Response.json(refused),
  );

  expect(await it.aur.search("demo-api")).toEqual(["demo-mid"]);
  expect(await it.aur.search("x")).toEqual([]);
  expect(it.sent[0]?.form).toBe("type=search&by=provides&arg=demo-api&v=5");
});

test.each<[string, () => Response | Promise<Response>, string]>([
  ["a server error", () => new Response("", { status: 502 }), "it answered 502 Bad Gateway"],
  ["no JSON", () => new Response("<html>"), ""],
  ["another shape", () => Response.json({ type: "multiinfo" }), ""],
  [
    "an error",
    () => Response.json({ type: "error", error: "Too many requests" }),
    "Too many requests",
  ],
  ["nothing", () => new Promise(() => {}), ""],
])("%s is a fault that names the AUR", async (_, answer, why) => {
  await using it = await setup(answer);

  const asked = it.aur.info(["demo-mid"]);

  await expect(asked).rejects.toThrow(Fault);
  await expect(asked).rejects.toThrow(`cannot ask the AUR at ${it.url}: ${why}`);
});

test("a row that cannot be read is passed over, and named in the log", async () => {
  await using it = await setup(() =>
    answerOf("multiinfo", { ...row, Name: "../x" }, null as never, row),
  );

  expect(await it.aur.info(["demo-mid"])).toEqual([listed]);
  expect(it.logged.map((line) => JSON.parse(line))).toMatchObject([
    { event: "AUR row not read", why: '"../x" is not a package name' },
    { event: "AUR row not read" },
  ]);
});

test("a field of another type than usual counts as empty", async () => {
  const odd = {
    ...row,
    Provides: null,
    NumVotes: "many",
    Maintainer: 7,
    CoMaintainers: [1],
    Submitter: {},
    LastModified: "yesterday",
    OutOfDate: true,
  };
  await using it = await setup(() => answerOf("multiinfo", odd));

  const record = {
    maintainer: null,
    comaintainers: [],
    submitter: null,
    lastModified: null,
    outOfDate: null,
  };
  expect(await it.aur.info(["demo-mid"])).toEqual([{ ...listed, provides: [], votes: 0, record }]);
});

test("pkgbases are found by how they begin", async () => {
  await using it = await setup(() => Response.json(["demo-mid", "demo-mid-git", 7, "../x"]));

  expect(await it.aur.suggestBases("demo-mid")).toEqual(["demo-mid", "demo-mid-git"]);
  expect(it.sent[0]?.form).toBe("type=suggest-pkgbase&arg=demo-mid&v=5");
});

test("what failed is tried again as often as configured", async () => {
  await using it = await setup(
    (before) => (before < 2 ? new Response("", { status: 503 }) : answerOf("multiinfo", row)),
    2,
  );

  expect(await it.aur.info(["demo-mid"])).toEqual([listed]);
  expect(it.sent.length).toBe(3);
});
