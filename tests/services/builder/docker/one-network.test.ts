import { expect, test } from "vitest";
import { type Networks, oneNetwork } from "../../../../services/builder/docker/one-network.ts";

/** An engine that makes a second network of a name, as a real one does when it is asked for both at once. */
const engineWith = (...ids: readonly string[]) => {
  const kept = new Map(ids.map((Id, at) => [Id, { Id, Created: `2026-01-01T00:00:0${at}Z` }]));
  const used = new Set<string>();
  const networks: Networks = {
    list: async () => [...kept.values()].reverse(),
    create: async () => {
      const Id = `made-${kept.size + 1}`;
      kept.set(Id, { Id, Created: "2026-01-01T00:00:09Z" });
    },
    remove: async (id) => {
      if (!used.has(id)) kept.delete(id);
    },
  };
  return { networks, used, ids: () => [...kept.keys()] };
};

test("a network is made once, and found afterwards", async () => {
  const engine = engineWith();

  expect([await oneNetwork(engine.networks), await oneNetwork(engine.networks)]).toEqual([
    "made-1",
    "made-1",
  ]);
  expect(engine.ids()).toEqual(["made-1"]);
});

test("builders that make one at the same time agree on one, and the other goes", async () => {
  const engine = engineWith();

  const joined = await Promise.all([oneNetwork(engine.networks), oneNetwork(engine.networks)]);

  expect(joined).toEqual(["made-1", "made-1"]);
  expect(engine.ids()).toEqual(["made-1"]);
});

test("one that containers are in stays, and nobody new joins it", async () => {
  const engine = engineWith("older", "younger");
  engine.used.add("younger");

  expect(await oneNetwork(engine.networks)).toBe("older");
  expect(engine.ids()).toEqual(["older", "younger"]);
});
