import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { openPlaces } from "../../../../services/api/live/places.ts";

test("one client cannot take the places of the others", () => {
  const places = openPlaces({ all: 5, ofClient: 2 });
  const leave = places.take("a");
  places.take("a");

  expect(() => places.take("a")).toThrow(
    new Fault(
      "unavailable",
      "2 live streams of yours are open, which is the most one client may have; close some",
    ),
  );
  places.take("b");
  leave();
  places.take("a");

  expect(places.count()).toBe(3);
});

test("many clients cannot have more than all there are", () => {
  const places = openPlaces({ all: 2, ofClient: 2 });
  const leave = places.take("a");
  places.take("b");

  expect(() => places.take("c")).toThrow(
    new Fault("unavailable", "too many clients follow live events, try again later"),
  );
  leave();
  places.take("c");

  expect(places.count()).toBe(2);
});
