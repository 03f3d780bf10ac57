import { expect, test } from "vitest";
import { rulesOf } from "../../../../services/builder/docker/network-rules.ts";

const rules = (
  host: Partial<Parameters<typeof rulesOf>[0]> = {},
  reachable: Parameters<typeof rulesOf>[1] = [],
) =>
  rulesOf({ resolvers: [], addresses: [], ...host }, reachable)
    .split("\n")
    .map((line) => line.trim());

test("the engine's name servers are asked on port 53, before what is private is refused", () => {
  const lines = rules({ resolvers: ["192.168.1.1", "fd00::53"] });

  const last = lines.findIndex((line) => line.startsWith("ip daddr { 0.0.0.0/8"));
  expect(lines.slice(0, last)).toEqual(
    expect.arrayContaining([
      "ip daddr 192.168.1.1 meta l4proto { tcp, udp } th dport 53 accept",
      "ip6 daddr fd00::53 meta l4proto { tcp, udp } th dport 53 accept",
    ]),
  );
});

test("what is reachable by address is a rule; a name is not, until it is looked up", () => {
  const lines = rules({}, [
    { host: "10.0.0.5", port: 8080, isName: false },
    { host: "10.1.0.0/24", port: null, isName: false },
    { host: "mirror.lan", port: 80, isName: true },
  ]);

  expect(lines.filter((line) => line.startsWith("ip daddr 10."))).toEqual([
    "ip daddr 10.0.0.5 meta l4proto { tcp, udp } th dport 8080 accept",
    "ip daddr 10.1.0.0/24 meta l4proto { tcp, udp } accept",
  ]);
  expect(lines.join("\n")).not.toContain("mirror.lan");
});

test.each([
  ["203.0.113.7", true],
  ["2001:db8::7", true],
  ["10.2.3.4", false],
  ["172.31.0.1", false],
  ["172.32.0.1", true],
  ["100.127.0.1", false],
  ["100.128.0.1", true],
  ["fe80::1", false],
  ["fd00::2", false],
])("the host's own address %s is named where no range holds it: %s", (address, isNamed) => {
  const refusing = rules({ addresses: [address] }).filter((line) => line.endsWith("goto refuse"));

  expect(refusing.some((line) => line.includes(`, ${address} }`))).toBe(isNamed);
});
