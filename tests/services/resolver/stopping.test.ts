import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { passOnStop, untilStopped } from "../../../services/resolver/stopping.ts";

const setup = async () => {
  const stopping = new AbortController();
  const service = new AbortController();
  await passOnStop({ stopping }, service.signal);
  return { context: { stopping }, stop: () => service.abort() };
};

test("an answer under way is given up when the service stops", async () => {
  const { context, stop } = await setup();
  const never = untilStopped(() => new Promise<string>(() => {}));

  const asked = never(context, "question");
  stop();

  await expect(asked).rejects.toThrow(new Fault("unavailable", "the resolver is stopping"));
});

test("an answer that is there before is given, and its failure too", async () => {
  const { context } = await setup();
  const echo = untilStopped(async (_: typeof context, request: string) => {
    if (request === "") throw new Fault("invalid", "nothing asked");
    return request;
  });

  expect(await echo(context, "question")).toBe("question");
  await expect(echo(context, "")).rejects.toThrow(new Fault("invalid", "nothing asked"));
});
