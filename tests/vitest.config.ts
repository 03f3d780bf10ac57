import { defineConfig } from "vitest/config";
import { closingLine } from "./support/closing-line.ts";

/** Its tests share no state, so they may share modules: loading them anew for each file takes longer than the tests. */
const pure = (include: string[], exclude: string[]) => ({
  extends: true as const,
  test: { name: "pure", include, exclude, isolate: false },
});

/** What the outer rings need is installed, started and stopped around them. */
const equipped = (name: string, include: string[]) => ({
  extends: true as const,
  test: { name, include, globalSetup: "tests/support/global-setup.ts" },
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
    reporters: ["default", closingLine({ strict: Boolean(process.env.CI) })],
    projects: [
      pure(["tests/**/*.test.ts"], outside),
      simulation,
      equipped("flows", ["tests/flows/**/*.test.ts"]),
      equipped("judges", ["tests/judges/**/*.test.ts"]),
    ],
  },
});
