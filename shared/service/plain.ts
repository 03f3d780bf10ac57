/** Levels of nesting that are shown. */
const deepest = 6;

/** What JSON can hold of a value: of errors their causes too, of what goes in circles or deep only that it does. */
export const plain = (value: unknown, above: readonly unknown[] = []): unknown => {
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (above.includes(value)) return "[circular]";
  if (above.length === deepest) return "[…]";
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if ("toJSON" in value && typeof value.toJSON === "function") return value.toJSON();
  const inside = (it: unknown) => plain(it, [...above, value]);
  if (Array.isArray(value)) return value.map(inside);
  const own = Object.fromEntries(Object.entries(value).map(([key, it]) => [key, inside(it)]));
  if (!(value instanceof Error)) return own;
  const { message, stack, cause } = value;
  return {
    type: value.constructor.name,
    message,
    stack,
    ...own,
    ...(cause !== undefined && { cause: inside(cause) }),
  };
};
