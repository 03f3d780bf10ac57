import { expect, test } from "vitest";
import { counter, histogram } from "#shared/metrics/declare.ts";
import { measureDeclared } from "#shared/service/measures.ts";
import { memoryMeasure } from "../../support/memory-measure.ts";

const cakes = counter("kiln_cakes_total", "Cakes that were baked");
const bakingTime = histogram("kiln_baking_seconds", "How long cakes took", [1]);

test("a service may not measure what its table does not name", () => {
  const measure = memoryMeasure();
  const baker = measureDeclared({ name: "baker", measures: [cakes] }, measure);

  baker.count(cakes, {});

  expect(() => baker.observe(bakingTime, {}, 1)).toThrow(
    "baker does not declare kiln_baking_seconds",
  );
  expect(measure.of(cakes)).toEqual([{ labels: {}, value: 1 }]);
});
