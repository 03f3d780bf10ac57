import { expect, test } from "vitest";
import {
  parseReachable,
  reachableOfMirrorlist,
  reachableOfUrl,
} from "../../../services/builder/reachable.ts";

test("hosts, addresses and ranges are read, with a port or without", () => {
  const text =
    "mirror.lan, git.lan:2222 10.0.0.5:8080,10.1.0.0/24 fd00::1 [fd00::2]:443,fd00:1::/64";

  expect(parseReachable(text)).toEqual([
    { host: "mirror.lan", port: null, isName: true },
    { host: "git.lan", port: 2222, isName: true },
    { host: "10.0.0.5", port: 8080, isName: false },
    { host: "10.1.0.0/24", port: null, isName: false },
    { host: "fd00::1", port: null, isName: false },
    { host: "fd00::2", port: 443, isName: false },
    { host: "fd00:1::/64", port: null, isName: false },
  ]);
});

test.each([
  "10.0.0.0/33",
  "host:0",
  "host:65536",
  "[mirror.lan]:80",
  "a;flush ruleset",
  "http://mirror.lan",
  "-x",
])("%s is no host that rules could be made of", (text) => {
  expect(parseReachable(text)).toBeUndefined();
});

test.each([
  ["https://mirror.lan/{repo}/os/{arch}", { host: "mirror.lan", port: 443, isName: true }],
  ["http://user:pass@10.0.0.5:8080/x", { host: "10.0.0.5", port: 8080, isName: false }],
  ["http://[fd00::2]/x", { host: "fd00::2", port: 80, isName: false }],
  ["ftp://mirror.lan", { host: "mirror.lan", port: null, isName: true }],
  ["file:///usr/share/mirror", undefined],
  ["http://a;b/", undefined],
])("%s leads to its host and port", (url, expected) => {
  expect(reachableOfUrl(url)).toEqual(expected);
});

test("a mirrorlist names the hosts of its servers, not of its comments", () => {
  const text = `# Server = http://commented.lan/$repo
Server = https://one.lan/$repo/os/$arch
  Server=http://two.lan:8080/$repo
Server = file:///usr/share/mirror
`;

  expect(reachableOfMirrorlist(text)).toEqual([
    { host: "one.lan", port: 443, isName: true },
    { host: "two.lan", port: 8080, isName: true },
  ]);
});
