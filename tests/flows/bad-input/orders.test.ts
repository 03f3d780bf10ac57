import { once } from "node:events";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { sessions } from "#shared/state/builds.ts";
import { openState } from "#shared/state/open.ts";
import { minutes } from "#shared/time.ts";
import { makeDataDirectory, pkgbuildOf, secret, startKiln } from "../../support/kiln.ts";
import { lockState } from "../../support/lock-state.ts";

test(
  "an order that times out, as the database is locked, is sent again by the command line: built once and followed, and its session tells",
  async () => {
    await using data = await makeDataDirectory();
    await using kiln = await startKiln(data.path);
    const url = `file:${join(data.path, "state.db")}`;
    const source = { type: "raw", pkgbuild: pkgbuildOf("late"), devel: false };
    await kiln.post("/package/add", { replace: false, build: false, source });

    const locked = await lockState(url);
    const command = execa(process.execPath, ["cli/kiln.ts", "build", "late", "--follow"], {
      env: { KILN_URL: kiln.url, KILN_SECRET: secret },
      reject: false,
    });
    await once(command.stderr, "data");
    await locked[Symbol.asyncDispose]();
    const ended = await command;

    expect(ended.stderr).toMatch(/^no answer to the order yet; it is sent again in 5 s$/m);
    expect(ended.stdout).toMatch(/late 1\S*: success after .* s$/);
    expect(ended.exitCode).toBe(0);
    expect(await kiln.buildsOf("late")).toHaveLength(1);
    await using state = await openState(url);
    const [session, ...others] = await state.read.select().from(sessions);
    expect(others).toEqual([]);
    const shown = await (await kiln.request(`/sessions/${session?.id}`)).json();
    expect(shown).toMatchObject({ reason: "manual", builds: [{ base: "late", state: "success" }] });
  },
  minutes(4),
);
