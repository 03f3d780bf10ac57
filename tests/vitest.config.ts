import { defineConfig } from "vitest/config";
import { minutes, seconds } from "#shared/time.ts";
import { closingLine } from "./support/closing-line.ts";

/** What each ring may take on an idle machine of two processors. */
const budgets = {
  pure: seconds(60),
  simulation: minutes(4),
  flows: minutes(10),
  judges: minutes(12),
};

/** The rings run one after the other, so that the time of each is its own. */
const orderOf = (ring: keyof typeof budgets) => ({
  groupOrder: 1 + Object.keys(budgets).indexOf(ring),
});

/** Its tests share no state, so they may share modules: loading them anew for each file takes longer than the tests. */
const pure = (include: string[], exclude: string[]) => ({
  extends: true as const,
  test: {
    name: "pure",
    include,
    exclude,
    isolate: false,
    maxWorkers: 2,
    sequence: orderOf("pure"),
  },
});

/**
 * What the outer rings need is installed, started and stopped around them. Their tests wait more than they work, so
 * more files run at once than there are processors, and a test may take long on a busy machine.
 */
const equipped = (name: "flows" | "judges", include: string[]) => ({
  extends: true as const,
  test: {
    name,
    include,
    globalSetup: "tests/support/global-setup.ts",
    testTimeout: minutes(5),
    maxWorkers: 3,
    sequence: orderOf(name),
  },
});

const outside = ["tests/flows/**", "tests/judges/**", "tests/simulation/**"];

/** All services in virtual time, over threads of its own. */
const simulation = {
  extends: true as const,
  test: { name: "simulation", include: ["tests/simulation/**/*.test.ts"] },
};

/** Four rings: `pure` and `simulation` need nothing, `flows` a nats-server, `judges` outside programs. */
export default defineConfig({
  test: {
    pool: "threads",
    testTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
    reporters: ["default", closingLine({ strict: Boolean(process.env.CI), budgets })],
    projects: [
      pure(["tests/**/*.test.ts"], outside),
      simulation,
      equipped("flows", ["tests/flows/**/*.test.ts"]),
      equipped("judges", ["tests/judges/**/*.test.ts"]),
    ],
  },
});
