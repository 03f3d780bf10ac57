/** Resolves after some milliseconds, or as soon as the signal aborts. Never rejects. */
export type Pause = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

/** The pause of this machine's timers. */
export const pause: Pause = (milliseconds, signal) =>
  new Promise<void>((resolve) => {
    if (signal?.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener("abort", end);
  });

/** Resolves once everything that is ready to run has run. It takes no time of its own. */
export const yieldToOthers = () =>
  new Promise<void>((resolve) => void setImmediate(() => setImmediate(resolve)));

type DeadlineOptions = {
  /** What the deadline aborts; absent: a controller of its own. */
  readonly stop?: AbortController;
  /** The message of the signal's reason. */
  readonly message?: string;
};

/** Aborts `signal` after some milliseconds, unless it is disposed before. */
export const deadline = (
  pause: Pause,
  milliseconds: number,
  {
    stop = new AbortController(),
    message = `no answer in ${milliseconds} ms`,
  }: DeadlineOptions = {},
): Disposable & { readonly signal: AbortSignal } => {
  const disposed = new AbortController();
  const expire = async () => {
    await pause(milliseconds, disposed.signal);
    if (!disposed.signal.aborted) stop.abort(new Error(message));
  };
  void expire();
  return { signal: stop.signal, [Symbol.dispose]: () => disposed.abort() };
};

/** What the promise resolves to, or nothing once the signal aborts. The work goes on unobserved then. */
export const unlessAborted = <T>(promise: Promise<T>, signal: AbortSignal) =>
  new Promise<T | undefined>((resolve, reject) => {
    const end = () => resolve(undefined);
    if (signal.aborted) return end();
    signal.addEventListener("abort", end);
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", end));
  });

/** What the promise resolves to. Rejects with the signal's reason once it aborts; the work goes on unobserved then. */
export const abortable = <T>(promise: Promise<T>, signal: AbortSignal) =>
  new Promise<T>((resolve, reject) => {
    const end = () => reject(signal.reason);
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", end));
    if (signal.aborted) return end();
    signal.addEventListener("abort", end);
  });

/** Whether a promise fulfils within some milliseconds. */
export const within = async (milliseconds: number, promise: Promise<unknown>) => {
  const fulfilled = promise.then(
    () => true,
    () => false,
  );
  using late = deadline(pause, milliseconds);
  return (await unlessAborted(fulfilled, late.signal)) ?? false;
};

/** A signal that aborts when its scope ends. */
export const scopeSignal = (): { readonly signal: AbortSignal } & Disposable => {
  const over = new AbortController();
  return { signal: over.signal, [Symbol.dispose]: () => over.abort() };
};
