import { expect, test } from "vitest";
import { parseHeld } from "../../../services/signer/held.ts";

test("of a primary key kept elsewhere only its subkey is held", () => {
  const listing = [
    "sec:u:255:22:AAAA:1700000000:::u:::cC:::#::ed25519:::0:",
    "fpr:::::::::00000000000000000000000000000000000000AA:",
    "grp:::::::::1111111111111111111111111111111111111111:",
    "uid:u::::1700000000::X::Judge <judge@example.org>::::::::::0:",
    "ssb:u:255:22:BBBB:1700000000::::::s:::+::ed25519::",
    "fpr:::::::::00000000000000000000000000000000000000BB:",
    "",
  ].join("\n");

  expect([...parseHeld(listing)]).toEqual(["00000000000000000000000000000000000000BB"]);
});

test("a key on a smart card is held", () => {
  const listing = [
    "sec:u:255:22:AAAA:1700000000:::u:::scSC:::D2760001240103040006123456780000::ed25519:::0:",
    "fpr:::::::::00000000000000000000000000000000000000AA:",
  ].join("\n");

  expect([...parseHeld(listing)]).toEqual(["00000000000000000000000000000000000000AA"]);
});
