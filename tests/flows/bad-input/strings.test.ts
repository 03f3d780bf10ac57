import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";
import { afterAll, expect, test } from "vitest";
import { bundle } from "#shared/runtime.ts";
import { minutes } from "#shared/time.ts";
import { makeDataDirectory, pkgbuildOf, secret, startKiln } from "../../support/kiln.ts";

const data = await makeDataDirectory();
const kiln = await startKiln(data.path);

afterAll(async () => {
  for (const it of [kiln, data]) await it[Symbol.asyncDispose]();
});

const markup = `<script>alert("x")</script>`;
const commands = "\u001b]0;owned\u0007\u001b[2J\u001b[31mred";

/** What a hostile PKGBUILD says of itself, and prints. */
const hostile = pkgbuildOf(
  "hostile",
  [
    String.raw`pkgdesc=$'<script>alert("x")</script> \e]0;owned\a\e[2J\e[31mred'`,
    `url='javascript:alert(1)'`,
  ],
  String.raw`printf '<script>alert("x")</script> \e]0;owned\a\e[2J\e[31mred \xff\xfe \000 done\n'; head -c 300000 /dev/zero | tr '\0' x; echo`,
);

test(
  "what a package says and prints commands no terminal and no page",
  async () => {
    const source = { type: "raw", pkgbuild: hostile, devel: false };
    await kiln.post("/package/add", { replace: false, source });
    expect(await kiln.ends("hostile")).toEqual({ hostile: { state: "success" } });
    const script = join(data.path, "kiln.mjs");
    await writeFile(script, await bundle("cli/kiln.ts", ["*/start.ts"]));
    const run = async (...commandLine: string[]) =>
      execa("node", [script, ...commandLine], {
        env: { KILN_URL: kiln.url, KILN_SECRET: secret, HOME: data.path },
      });

    const info = await run("info", "hostile");
    const list = await run("list");
    const log = await run("logs", "hostile");
    const page = await (await kiln.request("/x86_64/")).text();
    const api = await (await kiln.request("/package/hostile")).json();

    for (const { stdout } of [info, list]) expect(stdout).toBe(stripVTControlCharacters(stdout));
    for (const command of ["\u001b]0;owned", "\u0007", "\u001b[2J"])
      expect(log.stdout).not.toContain(command);
    expect(log.stdout).toContain("done\nxxx");
    expect(page).not.toContain("<script");
    expect(api).toMatchObject({ description: `${markup} ${commands}` });
  },
  minutes(2),
);
