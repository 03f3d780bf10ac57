import { expect, test, vi } from "vitest";
import { openWith } from "../../../services/builder/context.ts";
import { startBuilder } from "../../support/builder.ts";
import { fakeEngine } from "../../support/fake-containers.ts";

test("a builder removes at its start the containers nobody works in", async () => {
  const container = (id: string, running: boolean) => ({
    ...{ id, running, createdAt: 0 },
    labels: { "kiln.builder": "elsewhere:1/1/other", "kiln.build": "b" },
  });
  const fake = fakeEngine({ listed: [container("dead", false), container("living", true)] });

  await using _ = await startBuilder({}, { open: (base) => openWith(fake.engine, base) });

  await vi.waitFor(() => expect(fake.removed).toEqual(["dead"]), { timeout: 15_000 });
});
