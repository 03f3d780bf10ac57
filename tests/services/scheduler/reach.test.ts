import { expect, test } from "vitest";
import {
  componentsOf,
  firstReached,
  type Graph,
  withoutSoftCycles,
} from "../../../services/scheduler/reach.ts";
import { seeded } from "../../support/seeded.ts";

/** `b?` is a soft edge to b. */
const graphOf = (edges: Readonly<Record<string, readonly string[]>>) =>
  new Map(
    Object.entries(edges).map(([node, to]) => [
      node,
      to.map((it) => ({ to: it.replace("?", ""), soft: it.endsWith("?") })),
    ]),
  );

/** The nodes one comes to from a node, by one step or more; but through no node of `ends`. */
const reachable = (graph: Graph, from: string, isEnd = (_: string) => false) => {
  const reached = new Set<string>();
  const visit = (node: string) => {
    for (const { to } of graph.get(node) ?? []) {
      if (reached.has(to)) continue;
      reached.add(to);
      if (!isEnd(to)) visit(to);
    }
  };
  visit(from);
  return reached;
};

const reachedIn = (graph: Graph, from: string) => [...reachable(graph, from)].sort();

test("soft edges go where they close a cycle, and only there", () => {
  const graph = withoutSoftCycles(graphOf({ a: ["b?", "d?"], b: ["c"], c: ["a"], d: [] }));

  expect(reachedIn(graph, "a")).toEqual(["d"]);
  expect(reachedIn(graph, "b")).toEqual(["a", "c", "d"]);
});

const drawGraph = (seed: number) => {
  const random = seeded(seed);
  const nodes = Array.from({ length: 9 }, (_, at) => String(at));
  return new Map(
    nodes.map((node) => [
      node,
      nodes.flatMap((to) => (random() < 0.15 ? [{ to, soft: random() < 0.5 }] : [])),
    ]),
  );
};

test("a soft edge goes if one comes back from its end to its start, and no other edge goes", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const graph = drawGraph(seed);
    const slowly = new Map(
      [...graph].map(([node, edges]) => [
        node,
        edges.filter(({ to, soft }) => !(soft && (to === node || reachable(graph, to).has(node)))),
      ]),
    );

    expect([seed, withoutSoftCycles(graph)]).toEqual([seed, slowly]);
  }
});

test("a component holds the nodes that reach one another, and comes after those that it reaches", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const graph = drawGraph(seed);

    const components = componentsOf(graph);

    expect([seed, components.flat().sort()]).toEqual([seed, [...graph.keys()].sort()]);
    for (const [at, component] of components.entries())
      for (const node of component) {
        const reached = reachable(graph, node);
        const others = [...graph.keys()].filter((it) => it !== node);
        expect(others.filter((it) => reached.has(it) && reachable(graph, it).has(node))).toEqual(
          component.filter((it) => it !== node).sort(),
        );
        const later = components.slice(at + 1).flat();
        expect(later.filter((it) => reached.has(it))).toEqual([]);
      }
  }
});

test("a chain of 10,000 nodes is one component each", () => {
  const names = Array.from({ length: 10_000 }, (_, at) => String(at));
  const chain = new Map(
    names.map((name, at) => [name, at === 0 ? [] : [{ to: String(at - 1), soft: false }]]),
  );

  expect(componentsOf(chain)).toEqual(names.map((name) => [name]));
});

test("the ends that are reached first are those that a walk finds that stops at ends", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const graph = drawGraph(seed);
    const isEnd = (node: string) => Number(node) % 3 === 0;
    const walked = [...graph.keys()].map((node) =>
      [...reachable(graph, node, isEnd)].filter(isEnd).sort(),
    );

    const reached = firstReached(graph, isEnd);

    expect([seed, [...graph.keys()].map((node) => [...reached(node)].sort())]).toEqual([
      seed,
      walked,
    ]);
  }
});
