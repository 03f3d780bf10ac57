import { Fault } from "#shared/fault.ts";

/** How a path names one of a package's builds. */
export type BuildName =
  | { readonly kind: "latest" }
  /** Counts from the oldest that there ever was, 0. */
  | { readonly kind: "index"; readonly index: number }
  | { readonly kind: "orderedAt"; readonly at: number };

const rfc3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)$/;

/** `latest`, an index or an RFC 3339 time, tried in this order. Fractions count to the millisecond. */
export const parseBuildName = (text: string): BuildName => {
  if (text === "latest") return { kind: "latest" };
  if (/^\+?\d+$/.test(text) && Number.isSafeInteger(Number(text)))
    return { kind: "index", index: Number(text) };
  const [, date, time, fraction = "0", zone = ""] = rfc3339.exec(text) ?? [];
  const at = Date.parse(`${date}T${time}.${fraction.slice(0, 3)}${zone.toUpperCase()}`);
  if (date === undefined || Number.isNaN(at))
    throw new Fault(
      "invalid",
      `expected valid date, valid index number, or 'latest', not '${text}'`,
    );
  return { kind: "orderedAt", at };
};

/** A `count` in a query, as serene's parser words what is wrong with it. */
export const parseCount = (text: string | undefined) => {
  if (text === undefined) return undefined;
  const refuse = (why: string) => new Fault("invalid", `Query deserialize error: ${why}`);
  if (text === "") throw refuse("cannot parse integer from empty string");
  if (!/^\+?\d+$/.test(text)) throw refuse("invalid digit found in string");
  const count = Number(text);
  if (count > 0xffff_ffff) throw refuse("number too large to fit in target type");
  return count;
};
