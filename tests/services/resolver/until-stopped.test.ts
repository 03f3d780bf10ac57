import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { untilStopped } from "../../../services/resolver/until-stopped.ts";

const stopped = new Fault("unavailable", "the resolver is stopping");

const setup = () => {
  const stopping = new AbortController();
  return { context: { signal: stopping.signal }, stop: () => stopping.abort(stopped) };
};

test("an answer under way is given up when the service stops", async () => {
  const { context, stop } = setup();
  const never = untilStopped(() => new Promise<object>(() => {}));

  const asked = never(context, "question");
  stop();

  await expect(asked).rejects.toBe(stopped);
});

test("an answer that is there before is given, and its failure too", async () => {
  const { context } = setup();
  const echo = untilStopped(async (_: typeof context, request: string) => {
    if (request === "") throw new Fault("invalid", "nothing asked");
    return { request };
  });

  expect(await echo(context, "question")).toEqual({ request: "question" });
  await expect(echo(context, "")).rejects.toThrow(new Fault("invalid", "nothing asked"));
});
