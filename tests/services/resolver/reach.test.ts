import { expect, test } from "vitest";
import { reachable, withoutSoftCycles } from "../../../services/resolver/reach.ts";

/** `b?` is a soft edge to b. */
const graphOf = (edges: Readonly<Record<string, readonly string[]>>) =>
  new Map(
    Object.entries(edges).map(([node, to]) => [
      node,
      to.map((it) => ({ to: it.replace("?", ""), soft: it.endsWith("?") })),
    ]),
  );

const reachedIn = (graph: ReturnType<typeof withoutSoftCycles>, from: string) =>
  [...reachable(graph, from)].sort();

test("what is reached is reached over any number of steps, and in cycles too", () => {
  const graph = graphOf({ a: ["b"], b: ["c"], c: ["a", "d"], e: ["a"] });

  expect(reachedIn(graph, "a")).toEqual(["a", "b", "c", "d"]);
  expect(reachedIn(graph, "d")).toEqual([]);
});

test("soft edges go where they close a cycle, and only there", () => {
  const graph = withoutSoftCycles(graphOf({ a: ["b?", "d?"], b: ["c"], c: ["a"], d: [] }));

  expect(reachedIn(graph, "a")).toEqual(["d"]);
  expect(reachedIn(graph, "b")).toEqual(["a", "c", "d"]);
});
