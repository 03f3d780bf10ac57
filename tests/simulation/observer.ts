import type { Kernel } from "./kernel.ts";

/** Something that must never be, and was. */
export type Violation = {
  readonly invariant: string;
  readonly detail: string;
  /** How many lines the trace had. */
  readonly at: number;
};

export type Observer = {
  /** Takes a violation down; of the same one, the first. */
  violated(invariant: string, detail: string): void;
  violations(): readonly Violation[];
};

export const openObserver = ({ clock, trace }: Kernel): Observer => {
  const kept = new Map<string, Violation>();
  return {
    violated(invariant, detail) {
      const key = `${invariant} ${detail}`;
      if (kept.has(key)) return;
      trace.add(clock.now(), "VIOLATED", "-", invariant, detail);
      kept.set(key, { invariant, detail, at: trace.length() });
    },
    violations: () => [...kept.values()],
  };
};
