import * as v from "valibot";
import { expect, test } from "vitest";
import { BuildId } from "#shared/model.ts";
import { pause } from "#shared/pause.ts";
import { type FollowOutput, openChannel } from "../../../../services/api/live/channel.ts";
import { endOf } from "../../../../services/api/live/end-of.ts";

const build = v.parse(BuildId, crypto.randomUUID());

test("output that could not be followed when a build began is told when it has finished", async () => {
  const attempts: string[] = [];
  const followOutput: FollowOutput = async (_build, each) => {
    attempts.push(attempts.length === 0 ? "fails" : "works");
    if (attempts.length === 1) throw new Error("connection lost");
    each({ startedAt: 1, index: 0, text: "all of it" });
    return { [Symbol.asyncDispose]: async () => {} };
  };
  const failed: unknown[] = [];
  const channel = openChannel("foo", {
    pause,
    followOutput,
    patience: 60_000,
    empty: () => {},
    failed: (error) => failed.push(error),
  });
  const { stream } = channel.join(() => {});

  channel.started(build, 1);
  await expect.poll(() => failed).toEqual([new Error("connection lost")]);
  channel.finished(build, 1, false);
  channel.ended(build, endOf({ state: "failure", message: null }));

  let text = "";
  for await (const piece of stream) {
    text += new TextDecoder().decode(piece);
    if (text.endsWith('{"state":"failure"}\n\n')) break;
  }
  expect(text.match(/^data: .*$/gm)).toEqual([
    'data: {"state":"pending"}',
    'data: {"info":"build","state":"running"}',
    'data: "all of it"',
    'data: {"state":"failure"}',
  ]);
  expect(attempts).toEqual(["fails", "works"]);
});
