// @ts-check
// `npm start` and `npm test`. Runs on the machine's own Node, before anything is installed.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const bun = join(root, "node_modules", ".bin", "bun");
const stamp = join(root, "node_modules", ".kiln-installed");

/** @param {string} line */
const say = (line) => console.error(`kiln: ${line}`);

/** @param {string} line @returns {never} */
const stop = (line) => {
  say(line);
  process.exit(1);
};

const digest = () =>
  ["package.json", "bun.lock"]
    .reduce((hash, file) => hash.update(readFileSync(join(root, file))), createHash("sha256"))
    .digest("hex");

/** Until its postinstall script has run, `bun` is a stub of some hundred bytes. */
const bunIsWhole = () => existsSync(bun) && statSync(realpathSync(bun)).size > 1_000_000;

const isInstalled = () =>
  bunIsWhole() && existsSync(stamp) && readFileSync(stamp, "utf8") === digest();

/** npm puts our packages first in PATH, and one of them is a Node: npx runs on the machine's own. */
const env = {
  ...process.env,
  PATH: (process.env.PATH ?? "")
    .split(delimiter)
    .filter((directory) => !directory.startsWith(join(root, "node_modules")))
    .join(delimiter),
};

/** @param {string} program @param {string[]} args */
const run = (program, args) =>
  spawnSync(program, args, { cwd: root, env, stdio: ["ignore", 2, 2] }).status === 0;

const completeBun = () => {
  const script = join(root, "node_modules", "bun", "install.js");
  if (!bunIsWhole() && existsSync(script)) run(process.execPath, [script]);
};

const install = () => {
  const version = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).devDependencies.bun;
  say(`installing the packages of bun.lock with bun ${version}`);
  completeBun();
  if (!run("npx", ["-y", `bun@${version}`, "install", "--frozen-lockfile"]))
    stop("the packages could not be installed; is a registry in reach of npm?");
  completeBun();
  if (!bunIsWhole() || !run(bun, ["--version"]))
    stop(`bun ${version} was installed and does not run on this machine`);
  writeFileSync(stamp, digest());
};

/** Signals of one Ctrl-C come from the terminal and from npm; what is closer than this is one, ms. */
const together = 250;

/**
 * Runs Bun in a session of its own, so that it hears of each Ctrl-C once, from here; when this
 * process is killed the kernel ends it too (prctl(2), PR_SET_PDEATHSIG).
 * @param {string[]} args
 */
const become = (args) => {
  const child = spawn("setpriv", ["--pdeathsig", "TERM", "--", bun, "--bun", ...args], {
    cwd: root,
    stdio: "inherit",
    detached: true,
  });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    let heard = Number.NEGATIVE_INFINITY;
    process.on(signal, () => {
      const now = performance.now();
      if (now - heard > together) child.kill(signal);
      heard = now;
    });
  }
  child.on("error", (error) => stop(`setpriv (util-linux) cannot be run: ${error.message}`));
  child.on("exit", (code, signal) =>
    process.exit(code ?? 128 + constants.signals[signal ?? "SIGTERM"]),
  );
};

const tests = ["node_modules/.bin/vitest", "run", "--config", "tests/vitest.config.ts"];

const [command = "start", ...rest] = process.argv.slice(2);
if (!isInstalled()) install();
become(command === "test" ? [...tests, ...rest] : ["cli/kiln.ts", command, ...rest]);
