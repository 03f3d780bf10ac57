import { execa } from "execa";
import { expect, test } from "vitest";
import { runtimeEnvironment, runtimes } from "../support/runtimes.ts";

test.each(["bun", "deno", "node 24"] as const)(
  "under %s a server sees the address that a request comes from",
  async (runtime) => {
    const [program = "", ...args] = runtimes[runtime];

    const { stdout } = await execa(program, [...args, "tests/support/print-peer.ts"], {
      env: runtimeEnvironment,
    });

    expect(stdout).toBe("127.0.0.1");
  },
  60_000,
);
