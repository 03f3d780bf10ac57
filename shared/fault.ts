/** Why an operation was refused, in the terms a caller can act on. */
export type FaultKind =
  | "invalid"
  | "unauthenticated"
  | "forbidden"
  | "missing"
  | "conflict"
  | "unavailable";

/** An expected failure. Whatever else is thrown is a bug, and is logged with its stack. */
export class Fault extends Error {
  override readonly name = "Fault";
  readonly kind: FaultKind;

  constructor(kind: FaultKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
