import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import { minutes } from "#shared/time.ts";
import { oneLine } from "../printable.ts";
import type { Say } from "./run-program.ts";

export type Wanted = {
  readonly url: string;
  readonly arch: string;
  /** Without it nothing can be said of a build that fails. */
  readonly secret: string | undefined;
  readonly say: Say;
  readonly signal: AbortSignal;
};

const pkgbase = "kiln-cli";

const State = v.object({
  state: v.object({ state: v.string() }),
  message: v.nullable(v.string()),
});

/** Waits until the repository has kiln's command line; false when its build failed, or takes too long. */
export const firstPackage = async ({ url, arch, secret, say, signal }: Wanted) => {
  const served = async () => {
    const answer = await fetch(`${url}/${arch}/package/${pkgbase}`, { redirect: "manual", signal });
    return answer.status === 307;
  };
  if (await served()) return true;

  say(`building the first package, ${pkgbase}`);
  let last = "";
  for (let waited = 0; waited < minutes(10); waited += 250) {
    if (await served()) return true;
    const state = secret === undefined ? undefined : await stateOf(url, secret, signal);
    if (state !== undefined && state !== last) say(`${pkgbase}: ${oneLine(state)}`);
    last = state ?? last;
    if (/^(failure|fatal|cancelled)/.test(last)) return false;
    await sleep(250, undefined, { signal });
  }
  return false;
};

const stateOf = async (url: string, secret: string, signal: AbortSignal) => {
  const latest = `${url}/packages/${pkgbase}/builds/latest`;
  const answer = await fetch(latest, { headers: { authorization: secret }, signal });
  if (!answer.ok) return undefined;
  const { state, message } = v.parse(State, await answer.json());
  return message === null ? state.state : `${state.state}, ${message}`;
};
