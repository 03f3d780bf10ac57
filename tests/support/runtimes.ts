import { resolve } from "node:path";

const modules = resolve(import.meta.dirname, "../../node_modules");

/** The platform's own programs: the wrappers of npm's packages pass on no signals. */
const deno = `${modules}/@deno/linux-x64-glibc/deno`;

/** What a service's sources are run by. */
export const runtimes = {
  bun: [`${modules}/.bin/bun`, "--bun"],
  deno: [deno, "run", "--allow-all"],
  "node 24": [`${modules}/node-24/bin/node`],
  "deno at the edge": [deno, "run", "--allow-net", "--allow-env"],
} as const;

export type Runtime = keyof typeof runtimes;

/** Where Deno keeps what it compiled. */
export const runtimeEnvironment = {
  DENO_DIR: resolve(modules, "../.cache/deno"),
  DENO_NO_UPDATE_CHECK: "1",
};
