import { expect, test } from "vitest";
import { limitOf, patience } from "../../../../services/builder/docker/limit.ts";
import { makeHeldTime } from "../../../support/held-time.ts";

const setup = () => {
  const time = makeHeldTime();
  return { time, limit: limitOf("unix:///x", time.pause) };
};

/** A request that is never answered, and whether it was aborted. */
const silence = () => {
  const it = {
    aborted: false,
    ask: (signal: AbortSignal) =>
      new Promise<never>((_, reject) => {
        signal.addEventListener("abort", () => {
          it.aborted = true;
          reject(signal.reason);
        });
      }),
  };
  return it;
};

const hung = (doing: string) => ({
  kind: "unavailable",
  message: `the container engine at unix:///x gave no answer to ${doing} within 60 s: restart it`,
});

test("a request that is answered in time gives the answer, and one that fails its failure", async () => {
  const { limit, time } = setup();
  const error = new TypeError("bug");

  expect(await limit.request("a ping", async () => 1)).toBe(1);
  await expect(limit.request("a ping", () => Promise.reject(error))).rejects.toBe(error);
  expect(time.count()).toBe(0);
});

test("a request without an answer is aborted after a minute", async () => {
  const { limit, time } = setup();
  const unanswered = silence();
  const asked = expect(limit.request("a ping", unanswered.ask)).rejects.toMatchObject(
    hung("a ping"),
  );

  await time.pass(patience);

  await asked;
  expect(unanswered.aborted).toBe(true);
});

test("a long request goes on as long as the engine answers otherwise", async () => {
  const { limit, time } = setup();
  const answered = Promise.withResolvers<string>();
  const looks: string[] = [];
  const look = async () => {
    looks.push("look");
    // A refusal is an answer too.
    throw Object.assign(new Error("no such container"), { statusCode: 404 });
  };
  const asked = limit.long("to run make", () => answered.promise, look);

  for (let minute = 0; minute < 3; minute++) {
    await expect.poll(() => [looks.length, time.count()]).toEqual([minute, 1]);
    await time.pass(patience);
  }
  answered.resolve("made");

  expect(await asked).toBe("made");
  expect(looks).toHaveLength(3);
  expect(time.count()).toBe(0);
});

test("a long request ends when the engine answers nothing any more", async () => {
  const { limit, time } = setup();
  const unanswered = silence();
  const look = silence();
  const asked = expect(limit.long("to run make", unanswered.ask, look.ask)).rejects.toMatchObject(
    hung("to run make"),
  );

  await time.pass(patience);
  await time.pass(patience);

  await asked;
  expect([unanswered.aborted, look.aborted]).toEqual([true, true]);
});
