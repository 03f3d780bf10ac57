import type { BuilderName } from "#shared/model.ts";
import { seconds } from "#shared/time.ts";

/** How often a builder says that it lives, and after how long a silence it counts as gone. */
export const interval = seconds(30);
const silence = interval * 3;

export type Peers = {
  heard(builder: BuilderName): void;
  /** Whether a builder of another name lives. */
  hasOther(): boolean;
};

/** The builders that were heard of, by our own clock, which may be put back: another host's may be anywhere. */
export const makePeers = (own: BuilderName, now: () => number): Peers => {
  const heardAt = new Map<BuilderName, number>();
  const isSilent = (at: number) => Math.abs(now() - at) > silence;
  return {
    heard(builder) {
      for (const [other, at] of heardAt) if (isSilent(at)) heardAt.delete(other);
      heardAt.set(builder, now());
    },
    hasOther: () => [...heardAt].some(([builder, at]) => builder !== own && !isSilent(at)),
  };
};
