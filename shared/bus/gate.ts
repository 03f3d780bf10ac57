import type { Log } from "#shared/service/log.ts";

/** Says whether work may be taken: while `ready` rejects, it may not. Each change is logged. */
export const openGate = (
  ready: (() => Promise<void>) | undefined,
  durable: string,
  log: Log,
): (() => Promise<boolean>) => {
  if (!ready) return async () => true;
  let open = true;
  return async () => {
    const problem = await ready().then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    if (problem && open) log.warn("no work is taken", { durable, ...problem });
    if (!problem && !open) log.info("work is taken again", { durable });
    open = !problem;
    return open;
  };
};
