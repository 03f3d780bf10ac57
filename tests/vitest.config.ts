import { defineConfig } from "vitest/config";
import { closingLine } from "./support/closing-line.ts";

const ring = (name: string, include: string[], exclude: string[] = []) => ({
  extends: true as const,
  test: { name, include, exclude },
});

/** What the outer rings need is installed, started and stopped around them. */
const equipped = (name: string, include: string[]) => ({
  extends: true as const,
  test: { name, include, globalSetup: "tests/support/global-setup.ts" },
});

const outside = ["tests/flows/**", "tests/judges/**"];

/** Three rings: `pure` needs nothing, `flows` a nats-server, `judges` outside programs. */
export default defineConfig({
  test: {
    pool: "threads",
    testTimeout: 20_000,
    reporters: ["default", closingLine({ strict: Boolean(process.env.CI) })],
    projects: [
      ring("pure", ["tests/**/*.test.ts"], outside),
      equipped("flows", ["tests/flows/**/*.test.ts"]),
      equipped("judges", ["tests/judges/**/*.test.ts"]),
    ],
  },
});
