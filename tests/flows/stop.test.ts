import { once } from "node:events";
import { execa } from "execa";
import { expect, test, vi } from "vitest";
import { minutes, seconds } from "#shared/time.ts";
import { makeDataDirectory, pkgbuildOf, startKiln } from "../support/kiln.ts";
import { containersOf, programsIn } from "../support/left-over.ts";

test(
  "Ctrl-C ends everything, with a build in work and live events open",
  async () => {
    await using data = await makeDataDirectory();
    const kiln = await startKiln(data.path);
    const source = { type: "raw", pkgbuild: pkgbuildOf("stopped", [], "sleep 600"), devel: false };
    await kiln.post("/package/add", { replace: false, source });
    const events = await kiln.request("/package/stopped/build/logs/subscribe");
    await vi.waitFor(async () => expect(await containersOf(["stopped"])).toBe(1), {
      timeout: minutes(1),
    });

    const stopped = kiln[Symbol.asyncDispose]();
    const inTime = await Promise.race([
      stopped.then(() => true),
      once(AbortSignal.timeout(seconds(5)), "abort").then(() => false),
    ]);

    expect(inTime).toBe(true);
    await expect(events.text()).rejects.toThrow();
    expect(await programsIn(data.path)).toEqual([]);
    expect(await containersOf(["stopped"])).toBe(0);
  },
  minutes(2),
);

test("a busy port is named, and nothing is left running", async () => {
  await using data = await makeDataDirectory();
  await using kiln = await startKiln(data.path);
  await using other = await makeDataDirectory();
  const port = new URL(kiln.url).port;

  const second = await execa("node_modules/.bin/bun", ["--bun", "services/all.ts"], {
    env: { DATA_DIR: other.path, PORT: port, BUILD_CLI: "false" },
    reject: false,
  });

  expect(second.exitCode).toBe(1);
  expect(second.stderr).toMatch(`cannot listen on 127.0.0.1:${port}: `);
  expect(second.stderr).toMatch("set PORT or HOST");
  expect(await programsIn(other.path)).toEqual([]);
});
