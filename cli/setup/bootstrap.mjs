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

/** The stamp holds the lock's digest and, on its second line, what was installed of it: `running` or `testing`. */
const installedFor = () => {
  if (!bunIsWhole() || !existsSync(stamp)) return undefined;
  const [locked, purpose] = readFileSync(stamp, "utf8").split("\n");
  return locked === digest() ? purpose : undefined;
};

/** npm puts our packages first in PATH, and one of them is a Node: npx runs on the machine's own. */
const env = {
  ...process.env,
  PATH: (process.env.PATH ?? "")
    .split(delimiter)
    .filter((directory) => !directory.startsWith(join(root, "node_modules")))
    .join(delimiter),
};

/**
 * What programs print is shown only where one fails: it is about their work, not about kiln's.
 * @param {string} program @param {string[]} args
 */
const run = (program, args) => {
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
  });
  return { failed: status !== 0, printed: error ? error.message : `${stdout}${stderr}`.trim() };
};

const completeBun = () => {
  const script = join(root, "node_modules", "bun", "install.js");
  return !bunIsWhole() && existsSync(script) ? run(process.execPath, [script]) : undefined;
};

/** @param {"running" | "testing"} purpose */
const install = (purpose) => {
  const version = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).dependencies.bun;
  const began = performance.now();
  say(`installing the packages that ${purpose} kiln needs, as bun.lock has them`);
  completeBun();
  const chosen = purpose === "running" ? ["--production", "--omit=peer"] : [];
  const packages = run("npx", ["-y", `bun@${version}`, "install", "--frozen-lockfile", ...chosen]);
  if (packages.failed)
    stop(`${packages.printed}\nthe packages could not be installed; can npm reach a registry?`);
  const completed = completeBun();
  const proof = run(bun, ["--version"]);
  if (!bunIsWhole() || proof.failed)
    stop(
      `${completed?.printed ?? proof.printed}\nbun ${version} was installed and does not run on this machine`,
    );
  writeFileSync(stamp, `${digest()}\n${purpose}`);
  say(`installed in ${((performance.now() - began) / 1_000).toFixed(1)} s`);
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
const installed = installedFor();
if (command === "test" && installed !== "testing") install("testing");
else if (installed === undefined) install("running");
become(command === "test" ? [...tests, ...rest] : ["cli/kiln.ts", command, ...rest]);
