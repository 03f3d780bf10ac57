import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { openHandedOut, type Pair } from "../../../services/repo/handed-out.ts";

const pairOf = (number: number): Pair => {
  const file = (base64: string) =>
    ({ kind: "signature", content: { kind: "signature", base64 }, modifiedAt: 0 }) as const;
  return { number, database: file(`db ${number}`), signature: file(`sig ${number}`) };
};

/** Pauses end when the test lets them. */
const setup = () => {
  const clock = { at: 0 };
  const pauses: { milliseconds: number; end: () => void }[] = [];
  const pause = (milliseconds: number) =>
    new Promise<void>((end) => void pauses.push({ milliseconds, end }));
  return { clock, pauses, handedOut: openHandedOut({ now: () => clock.at, pause }) };
};

test("a client is given the signature of the database that it has, for ten minutes", () => {
  const { clock, handedOut } = setup();
  handedOut.give("curl", "x.db", pairOf(1));
  handedOut.give("wget", "x.db", pairOf(2));

  const soon = [handedOut.sign("curl", "x.db"), handedOut.sign("wget", "x.db")];
  const others = [handedOut.sign("curl", "x.files"), handedOut.sign("aria2", "x.db")];
  clock.at = 600_000;
  const late = handedOut.sign("curl", "x.db");

  expect(soon).toEqual([pairOf(1), pairOf(2)]);
  expect([...others, late]).toEqual([undefined, undefined, undefined]);
});

test("a newer database waits until every client of that look has its signature", async () => {
  const { handedOut } = setup();
  handedOut.give("proxy", "x.db", pairOf(1));
  handedOut.give("proxy", "x.db", pairOf(1));
  const order: string[] = [];

  const turn = handedOut.turn("proxy", "x.db", 2).then((waited) => order.push(`turn ${waited}`));
  for (const name of ["first", "second"]) {
    await setImmediate();
    order.push(name);
    handedOut.sign("proxy", "x.db");
  }
  await turn;

  expect(order).toEqual(["first", "second", "turn true"]);
  expect(await handedOut.turn("proxy", "x.db", 2)).toBe(false);
});

test("it waits for a second at most, as some clients ask for no signature", async () => {
  const { clock, handedOut, pauses } = setup();
  handedOut.give("curl", "x.db", pairOf(1));
  clock.at = 400;

  const turn = handedOut.turn("curl", "x.db", 2);
  pauses[0]?.end();
  const waited = await turn;
  clock.at = 1_000;
  const later = await handedOut.turn("curl", "x.db", 2);

  expect([waited, later]).toEqual([true, false]);
  expect(pauses.map(({ milliseconds }) => milliseconds)).toEqual([600]);
});

test("the same database waits for nobody", async () => {
  const { handedOut } = setup();
  handedOut.give("curl", "x.db", pairOf(1));

  expect(await handedOut.turn("curl", "x.db", 1)).toBe(false);
});

test("the clients that were remembered first are forgotten first", () => {
  const { handedOut } = setup();
  for (let client = 0; client <= 10_000; client++)
    handedOut.give(`client ${client}`, "x.db", pairOf(1));

  expect([handedOut.find("client 0", "x.db"), handedOut.find("client 1", "x.db")]).toEqual([
    undefined,
    pairOf(1),
  ]);
});
