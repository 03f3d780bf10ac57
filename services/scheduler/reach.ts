/** `soft`: there is another way to have it. */
export type Edge = { readonly to: string; readonly soft: boolean };

export type Graph = ReadonlyMap<string, readonly Edge[]>;

/** The graph without the soft edges that are part of a cycle. */
export const withoutSoftCycles = (graph: Graph): Graph => {
  if (![...graph.values()].some((edges) => edges.some(({ soft }) => soft))) return graph;
  const componentOf = new Map<string, number>();
  for (const [number, nodes] of componentsOf(graph).entries())
    for (const node of nodes) componentOf.set(node, number);
  const closesCycle = (node: string, { to, soft }: Edge) =>
    soft && componentOf.get(to) === componentOf.get(node);
  return new Map(
    [...graph].map(([node, edges]) => [node, edges.filter((edge) => !closesCycle(node, edge))]),
  );
};

/**
 * Tells for a node which of the nodes that are ends one comes to first: by one step or more, and through no other end.
 * A node that is an end may come to itself.
 */
export const firstReached = (graph: Graph, isEnd: (node: string) => boolean) => {
  const between = new Map(
    [...graph]
      .filter(([node]) => !isEnd(node))
      .map(([node, edges]) => [node, edges.filter(({ to }) => !isEnd(to))]),
  );
  /** By the nodes that are no ends; those of a component share their set. */
  const reachedFrom = new Map<string, ReadonlySet<string>>();
  const reach = (nodes: readonly string[]): ReadonlySet<string> => {
    const reached = new Set<string>();
    for (const { to } of nodes.flatMap((node) => graph.get(node) ?? []))
      if (isEnd(to)) reached.add(to);
      else for (const end of reachedFrom.get(to) ?? []) reached.add(end);
    return reached;
  };
  for (const component of componentsOf(between)) {
    const reached = reach(component);
    for (const node of component) reachedFrom.set(node, reached);
  }
  return (node: string) => reachedFrom.get(node) ?? reach([node]);
};

type Visit = {
  readonly node: string;
  readonly edges: readonly Edge[];
  /** The edge to follow next. */
  at: number;
};

/**
 * The strongly connected components: nodes that reach one another are in one. A component comes after those that it
 * reaches. Source: R. Tarjan, "Depth-first search and linear graph algorithms", 1972, without recursion, as a chain
 * may have 10,000 nodes.
 */
export const componentsOf = (graph: Graph): readonly (readonly string[])[] => {
  const components: string[][] = [];
  const order = new Map<string, number>();
  /** The earliest node, by its order, that is known to be in a node's component. */
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const visits: Visit[] = [];

  const enter = (node: string) => {
    lowest.set(node, order.size);
    order.set(node, order.size);
    open.push(node);
    isOpen.add(node);
    visits.push({ node, edges: graph.get(node) ?? [], at: 0 });
  };
  const lower = (node: string, number: number) =>
    lowest.set(node, Math.min(lowest.get(node) ?? number, number));
  const leave = ({ node }: Visit) => {
    const number = lowest.get(node) ?? 0;
    const parent = visits.at(-1);
    if (parent) lower(parent.node, number);
    if (number !== order.get(node)) return;
    const component = open.splice(open.lastIndexOf(node));
    for (const member of component) isOpen.delete(member);
    components.push(component);
  };

  for (const root of graph.keys()) {
    if (order.has(root)) continue;
    enter(root);
    for (let visit = visits.at(-1); visit; visit = visits.at(-1)) {
      const edge = visit.edges[visit.at];
      visit.at += 1;
      if (!edge) {
        visits.pop();
        leave(visit);
      } else if (!order.has(edge.to)) enter(edge.to);
      else if (isOpen.has(edge.to)) lower(visit.node, order.get(edge.to) ?? 0);
    }
  }
  return components;
};
