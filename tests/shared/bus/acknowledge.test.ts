import { expect, test } from "vitest";
import { identityOf } from "#shared/bus/acknowledge.ts";

const first = identityOf({ reply: "$JS.ACK.JOBS.worker.1.42.7.1763690000000000001.0" });

test.each([
  ["delivered again", "$JS.ACK.JOBS.worker.2.42.9.1763690000000000001.3"],
  ["from a newer server", "$JS.ACK._.account.JOBS.worker.2.42.9.1763690000000000001.3"],
  ["with a token at its end", "$JS.ACK.hub.account.JOBS.worker.2.42.9.1763690000000000001.3.xyz"],
])("a message %s is the same message", (_, reply) => {
  expect(identityOf({ reply })).toBe(first);
});

test.each([
  ["another place in the stream", "$JS.ACK.JOBS.worker.1.43.7.1763690000000000001.0"],
  ["the same place in a stream made anew", "$JS.ACK.JOBS.worker.1.42.7.1763690000000000002.0"],
])("one of %s is another message", (_, reply) => {
  expect(identityOf({ reply })).not.toBe(first);
});
