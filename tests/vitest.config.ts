import { defineConfig } from "vitest/config";

const ring = (name: string, include: string[], exclude: string[] = []) => ({
  extends: true as const,
  test: { name, include, exclude },
});

const outside = ["tests/flows/**", "tests/judges/**"];

/** Three rings: `pure` needs nothing, `flows` a nats-server, `judges` outside programs. */
export default defineConfig({
  test: {
    pool: "threads",
    testTimeout: 20_000,
    projects: [
      ring("pure", ["tests/**/*.test.ts"], outside),
      ring("flows", ["tests/flows/**/*.test.ts"]),
      ring("judges", ["tests/judges/**/*.test.ts"]),
    ],
  },
});
