import { expect, test } from "vitest";
import { clientOf } from "#shared/http/client.ts";
import { hashOf } from "#shared/secret.ts";

const of = (
  peer: string | undefined,
  headers: Readonly<Record<string, string>> = {},
  reads = true,
) => clientOf(new Request("http://kiln.example/", { headers }), { ALLOW_READS: reads }, peer);

const forwarded = (value: string) => ({ "x-forwarded-for": value });

test("where reading takes a secret a client is its secret, wherever it connects from", async () => {
  const headers = { authorization: "a-secret" };

  expect([await of("192.0.2.1", headers, false), await of("192.0.2.2", headers, false)]).toEqual(
    Array(2).fill(`secret ${await hashOf("a-secret")}`),
  );
});

test("where reading is free a client is its address, and a secret makes it no other", async () => {
  expect(await of("192.0.2.1", { authorization: "made up" })).toBe("address 192.0.2.1");
});

test.each([
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:DB8:1:2::1", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  [undefined, "unknown"],
])("from %s the client is that of %s", async (peer, network) => {
  expect(await of(peer)).toBe(`address ${network}`);
});

test.each(["127.0.0.1", "::ffff:172.18.0.3", "10.1.2.3", "192.168.0.2", "fd00::2", "::1"])(
  "a proxy at %s says for whom it asks: what it added counts, not what the client sent",
  async (peer) => {
    expect(await of(peer, forwarded("203.0.113.7, 192.0.2.1"))).toBe("address 192.0.2.1");
  },
);

test.each(["198.51.100.1", "172.32.0.1", "2001:db8:1:2::1"])(
  "a client at %s cannot pass for others",
  async (peer) => {
    expect(await of(peer, forwarded("192.0.2.1"))).toBe(await of(peer));
  },
);
