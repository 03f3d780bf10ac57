import { expect, test } from "vitest";
import { refuse, runCommandLine } from "../support/command-line.ts";
import { anAdd, aPackage } from "../support/views.ts";

const added = [aPackage("app")];

/** A server whose `POST /package/add` waits until the add was looked at so often. */
const slowServer = (adds: readonly object[], last: () => Response) => {
  const keys = new Set<string | null>();
  const posts = Promise.withResolvers<void>();
  let looks = 0;
  const fetch = async (url: string, init: RequestInit = {}) => {
    const { pathname } = new URL(url);
    if (init.method === "POST") {
      keys.add(new Headers(init.headers).get("idempotency-key"));
      await posts.promise;
      return last();
    }
    keys.add(pathname.replace("/adds/", ""));
    const add = adds[looks++];
    if (looks >= adds.length) posts.resolve();
    return Response.json(add ?? adds.at(-1));
  };
  return { fetch, keys };
};

test("what an add fetches is shown as it goes, and each step once", async () => {
  const { fetch, keys } = slowServer(
    [
      anAdd({ fetching: "app" }),
      anAdd({ fetching: "app" }),
      anAdd({ fetching: "https://git.example/lib.git", fetched: 1 }),
    ],
    () => Response.json(added),
  );

  const { code, output, messages } = await runCommandLine(["add", "app"], { fetch });

  expect([code, output]).toEqual([0, "added app\n"]);
  expect(messages).toBe(
    "fetching app, 0 sources fetched\nfetching https://git.example/lib.git, 1 source fetched\n",
  );
  expect(keys.size).toBe(1);
});

test("with --json what it fetches are lines of JSON beside the answer", async () => {
  const add = anAdd({ fetching: "app" });
  const { fetch } = slowServer([add], () => Response.json(added));

  const { output, messages } = await runCommandLine(["add", "app", "--json"], { fetch });

  expect(output).toBe(`${JSON.stringify(added)}\n`);
  expect(messages).toBe(`${JSON.stringify(add)}\n`);
});

test("an add whose connection is cut more often than an order is repeated goes on, with one key", async () => {
  const cut = () => {
    throw new TypeError("fetch failed", { cause: new Error("other side closed") });
  };
  const answers = [...Array(6).fill(cut), () => Response.json(added)];
  const keys = new Set<string | null>();
  const fetch = async (_url: string, init: RequestInit = {}) => {
    if (init.method !== "POST") return Response.json(anAdd({ fetching: "app" }));
    keys.add(new Headers(init.headers).get("idempotency-key"));
    return answers.shift()();
  };

  const { code, output } = await runCommandLine(["add", "app"], { fetch });

  expect([code, output, keys.size]).toEqual([0, "added app\n", 1]);
});

test("an add of which the server knows nothing ends in the words of the last answer", async () => {
  const { code, messages, requests } = await runCommandLine(["add", "app"], {
    answers: { "POST /package/add": refuse(503, "nobody answers") },
  });

  expect(code).toBe(5);
  expect(messages).toMatch(/kiln: nobody answers\n$/);
  expect(requests.filter(({ method }) => method === "POST")).toHaveLength(4);
});

test("Ctrl-C says that the add goes on, and how to look at it", async () => {
  const acts: (() => void)[] = [];
  const { fetch, keys } = slowServer([anAdd({ fetching: "app" })], () => {
    for (const act of acts) act();
    return Response.json(added);
  });

  const { messages } = await runCommandLine(["add", "app"], {
    fetch,
    interrupt: (act) => acts.push(act),
  });

  expect(messages).toContain(
    `an add that the server has taken goes on: kiln add --watch ${[...keys][0]} shows how far it is\n`,
  );
});
