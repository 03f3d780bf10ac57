/** A signal that aborts with its scope, for what watches a container meanwhile. */
export const watching = () => {
  const over = new AbortController();
  return { signal: over.signal, [Symbol.dispose]: () => over.abort() };
};
