import { mkdir, mkdtemp, rename, rm, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { makeScratch } from "./scratch.ts";

const packages = ["openapi-spec-validator==0.9.0", "schemathesis==4.32.5"];

const directory = resolve(import.meta.dirname, "../../.cache/openapi", packages.join("+"));

/** The programs of two outside judges of OpenAPI, in the checkout; installed from PyPI where they are not there yet. */
const findJudges = async () => {
  if (!(await stat(directory).catch(() => undefined))) {
    await mkdir(resolve(directory, ".."), { recursive: true });
    const scratch = await mkdtemp(resolve(directory, "../installing-"));
    try {
      await execa("virtualenv", ["--quiet", scratch]);
      await execa(join(scratch, "bin/python"), ["-m", "pip", "install", "--quiet", ...packages]);
      await rename(scratch, directory);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }
  return {
    // By their modules: the scripts of an environment name the directory that it was made in.
    run: (module: string, args: readonly string[], cwd: string) =>
      execa(join(directory, "bin/python"), ["-m", module, ...args], {
        cwd,
        all: true,
        reject: false,
      }),
  };
};

/** What openapi-spec-validator finds wrong with an OpenAPI document; "" when it finds nothing. */
export const findFaults = async (document: object) => {
  await using scratch = await makeScratch();
  const file = join(scratch.path, "openapi.json");
  await writeFile(file, JSON.stringify(document));
  const { run } = await findJudges();
  const { all, exitCode } = await run("openapi_spec_validator", [file], scratch.path);
  return exitCode === 0 ? "" : all;
};

type Fuzzing = {
  readonly url: string;
  readonly secret: string;
  /** Requests for each route and phase, and where their choice begins. */
  readonly examples: number;
  readonly seed: number;
};

/** What schemathesis finds wrong with the answers of a server to requests that its `/openapi.json` describes. */
export const fuzz = async ({ url, secret, examples, seed }: Fuzzing) => {
  await using scratch = await makeScratch();
  const file = join(scratch.path, "openapi.json");
  const document: unknown = await (await fetch(`${url}/openapi.json`)).json();
  await writeFile(file, JSON.stringify(document, withoutTuples));
  const { run } = await findJudges();
  const { all, exitCode } = await run(
    "schemathesis.cli",
    [
      "--no-color",
      "run",
      file,
      `--url=${url}`,
      `--header=Authorization: ${secret}`,
      "--phases=coverage,fuzzing",
      `--max-examples=${examples}`,
      `--seed=${seed}`,
      // serene answers 404 to a method that a path does not have; and a PKGBUILD of the right shape may be no PKGBUILD.
      "--exclude-checks=unsupported_method,positive_data_acceptance",
      "--request-timeout=20",
    ],
    scratch.path,
  );
  return { exitCode, report: all };
};

/** schemathesis 4.32 rewrites `prefixItems` of answers as draft 7's `items`, which it then refuses itself. */
const withoutTuples = (key: string, value: unknown) => (key === "prefixItems" ? undefined : value);
