import { Fault } from "#shared/fault.ts";

/** Counts live streams, of which there may be so many, and so many of one client. */
export const openPlaces = (most: { readonly all: number; readonly ofClient: number }) => {
  const taken = new Map<string, number>();
  let all = 0;
  return {
    /** Gives what frees the place again; `Fault` unavailable where none is free. */
    take(client: string) {
      const own = taken.get(client) ?? 0;
      if (own >= most.ofClient)
        throw new Fault(
          "unavailable",
          `${own} live streams of yours are open, which is the most one client may have; close some`,
        );
      if (all >= most.all)
        throw new Fault("unavailable", "too many clients follow live events, try again later");
      all++;
      taken.set(client, own + 1);
      return () => {
        all--;
        const left = (taken.get(client) ?? 0) - 1;
        if (left > 0) taken.set(client, left);
        else taken.delete(client);
      };
    },
    count: () => all,
  };
};
