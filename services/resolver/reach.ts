/** `soft`: there is another way to have it. */
export type Edge = { readonly to: string; readonly soft: boolean };

export type Graph = ReadonlyMap<string, readonly Edge[]>;

/** The nodes one comes to from a node, by one step or more. */
export const reachable = (graph: Graph, from: string): ReadonlySet<string> => {
  const reached = new Set<string>();
  const waiting = [from];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop())
    for (const { to } of graph.get(node) ?? []) {
      if (reached.has(to)) continue;
      reached.add(to);
      waiting.push(to);
    }
  return reached;
};

/** The graph without the soft edges from which one comes back to where they start. */
export const withoutSoftCycles = (graph: Graph): Graph =>
  new Map(
    [...graph].map(([node, edges]) => [
      node,
      edges.filter(({ to, soft }) => !(soft && (to === node || reachable(graph, to).has(node)))),
    ]),
  );
