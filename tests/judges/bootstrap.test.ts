import { createHash } from "node:crypto";
import { chmod, copyFile, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { makeScratch } from "../support/scratch.ts";

const checkout = resolve(import.meta.dirname, "../..");

/** Says its arguments, then each signal it gets, and ends with 7 at SIGTERM or the second signal. */
const kiln = `
let heard = 0;
for (const signal of ["SIGINT", "SIGTERM"])
  process.on(signal, () => {
    console.log(signal);
    if (signal === "SIGTERM" || ++heard === 2) process.exit(7);
  });
console.log(process.argv.slice(2).join(" "));
if (process.argv[2] === "start") setInterval(() => {}, 1000);
`;

/** A checkout with nothing in it but bootstrap.mjs, a `kiln` of the test, and Bun where installed. */
const setup = async () => {
  const scratch = await makeScratch();
  const at = (...names: string[]) => join(scratch.path, ...names);
  await mkdir(at("cli", "setup"), { recursive: true });
  await mkdir(at("node_modules", ".bin"), { recursive: true });
  await mkdir(at("bin"));
  await copyFile(join(checkout, "cli/setup/bootstrap.mjs"), at("cli/setup/bootstrap.mjs"));
  await symlink(join(checkout, "node_modules/.bin/bun"), at("node_modules/.bin/bun"));
  await writeFile(at("cli/kiln.ts"), kiln);
  await writeFile(at("node_modules/.bin/vitest"), 'console.log("vitest runs");');
  await writeFile(at("package.json"), '{ "dependencies": { "bun": "1.2.3" } }');
  await writeFile(at("bun.lock"), "{}");
  await writeFile(at("bin/npx"), `#!/bin/sh\necho "npx $*" >> ${at("installed")}\n`);
  await chmod(at("bin/npx"), 0o755);
  return {
    at,
    run: (...args: string[]) =>
      execa("node", [at("cli/setup/bootstrap.mjs"), ...args], {
        // As npm has it.
        env: { PATH: [at("node_modules/.bin"), at("bin"), process.env.PATH].join(":") },
        reject: false,
      }),
    installs: () => readFile(at("installed"), "utf8").catch(() => ""),
    markInstalled: async () => {
      const files = ["package.json", "bun.lock"].map((name) => readFile(at(name)));
      const hash = createHash("sha256");
      for (const content of await Promise.all(files)) hash.update(content);
      await writeFile(at("node_modules/.kiln-installed"), `${hash.digest("hex")}\nrunning`);
    },
    [Symbol.asyncDispose]: scratch[Symbol.asyncDispose],
  };
};

test("packages are installed once, and again when the lock changes", async () => {
  await using world = await setup();
  const install = "npx -y bun@1.2.3 install --frozen-lockfile --production --omit=peer\n";

  await world.run("list");
  await world.run("list");
  const once = await world.installs();
  await writeFile(world.at("bun.lock"), '{ "changed": true }');
  await world.run("list");

  expect(once).toBe(install);
  expect(await world.installs()).toBe(install.repeat(2));
});

test("the tests get the packages that only they need, and what runs kiln is then there too", async () => {
  await using world = await setup();
  await world.markInstalled();

  const { stdout } = await world.run("test");
  await world.run("test");
  await world.run("list");

  expect(stdout).toBe("vitest runs");
  expect(await world.installs()).toBe("npx -y bun@1.2.3 install --frozen-lockfile\n");
});

test("the packages' own messages are shown only where they cannot be installed", async () => {
  await using world = await setup();
  const npx = (exitCode: number) =>
    writeFile(world.at("bin/npx"), `#!/bin/sh\necho Blocked 8 postinstalls\nexit ${exitCode}\n`);

  await npx(0);
  const installed = await world.run("list");
  await writeFile(world.at("bun.lock"), '{ "changed": true }');
  await npx(1);
  const refused = await world.run("list");

  expect(installed.stderr).toMatch(
    /^kiln: installing the packages that running kiln needs, as bun.lock has them\nkiln: installed in \d+\.\d s$/,
  );
  expect(refused).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining(
      "Blocked 8 postinstalls\nthe packages could not be installed; can npm reach a registry?",
    ),
  });
});

test("what installs the packages is the machine's own, not one of them", async () => {
  await using world = await setup();
  await writeFile(world.at("node_modules/.bin/npx"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });

  const { exitCode } = await world.run("list");

  expect(exitCode).toBe(0);
  expect(await world.installs()).not.toBe("");
});

test("what is installed already is not looked for; arguments go through", async () => {
  await using world = await setup();
  await world.markInstalled();

  const { stdout, exitCode } = await world.run("list", "--json", "a b");

  expect({ stdout, exitCode }).toEqual({ stdout: "list --json a b", exitCode: 0 });
  expect(await world.installs()).toBe("");
});

test("the terminal's and npm's signal of one Ctrl-C arrive as one, and the exit code comes back", async () => {
  await using world = await setup();
  await world.markInstalled();
  const child = world.run("start");
  const said: string[] = [];

  for await (const line of child) {
    said.push(line);
    if (line === "start") {
      child.kill("SIGINT");
      child.kill("SIGINT");
    }
    if (line === "SIGINT") child.kill("SIGTERM");
  }

  expect(said).toEqual(["start", "SIGINT", "SIGTERM"]);
  expect((await child).exitCode).toBe(7);
});

test("killed, it takes what it started along", async () => {
  await using world = await setup();
  await world.markInstalled();
  const child = world.run("start");
  const said: string[] = [];

  for await (const line of child) {
    said.push(line);
    if (line === "start") child.kill("SIGKILL");
  }

  expect(said).toEqual(["start", "SIGTERM"]);
  expect((await child).signal).toBe("SIGKILL");
});
