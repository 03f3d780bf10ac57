import { shareNext } from "#shared/single-flight.ts";
import type { State } from "./state.ts";

/**
 * What `read` gives, or what it gave if nothing was written since, as a look tells that those share who ask at
 * once. Where the database tells no version, `read` is that look.
 */
export const readOnChange = <T>({ version }: Pick<State, "version">, read: () => Promise<T>) => {
  let kept: { readonly version: number; readonly value: T } | undefined;
  const share = shareNext<T>();
  const look = async () => {
    const before = version();
    if (kept && kept.version === before) return kept.value;
    const value = await read();
    kept = before === undefined ? undefined : { version: before, value };
    return value;
  };
  return () => share(look);
};
