import type * as v from "valibot";

export type Stream = {
  readonly name: string;
  /**
   * `work`: one process takes each message, and while one waits or is in work its subject takes no second.
   * `log`: every consumer sees every message.
   */
  readonly keep: "work" | "log";
  /** Milliseconds a message is kept if nobody takes it. */
  readonly maxAge: number;
  /**
   * Bytes that it may take, which nats-server sets aside when it makes the stream. A log stream forgets its oldest
   * messages for new ones; a work stream refuses new ones, which wait in their services' outboxes.
   */
  readonly maxBytes: number;
};

/** The payload fields a subject names: `"build.requested.{arch}"` names `"arch"`. */
type Fields<S extends string> = S extends `${string}{${infer F}}${infer Rest}`
  ? F | Fields<Rest>
  : never;

type SchemaFor<S extends string> = v.GenericSchema<unknown, { [F in Fields<S>]: string }>;

export type Message<S extends string = string, P extends SchemaFor<S> = SchemaFor<S>> = {
  readonly stream: Stream;
  readonly subject: S;
  readonly schema: P;
  /** The `Nats-Msg-Id`: two payloads with one id are one message, of which consumers may see both. */
  id(payload: v.InferOutput<P>): string;
  /** Messages of one key are published in the order in which their service committed them. */
  key(payload: v.InferOutput<P>): string;
  /** What a person is told of it; a log message has it, as those are a public contract. */
  readonly says?: string;
};

export type Payload<M extends Message> = v.InferOutput<M["schema"]>;

/** A message with its payload, for a decision that names what is to be published. */
export type Publication = { readonly message: Message; readonly payload: unknown };

export const publication = <M extends Message>(
  message: M,
  payload: v.InferInput<M["schema"]>,
): Publication => ({ message, payload });

/** What a follower may narrow a message to: some of the fields its subject names. */
export type Narrowing<M extends Message> = { readonly [F in Fields<M["subject"]>]?: string };

/** `maxBytes`: 256 MiB unless told otherwise. */
export const stream = (
  name: string,
  {
    keep,
    maxAge,
    maxBytes = 256 * 1024 ** 2,
  }: Pick<Stream, "keep" | "maxAge"> & Partial<Pick<Stream, "maxBytes">>,
): Stream => ({ name, keep, maxAge, maxBytes });

export const message = <S extends string, P extends SchemaFor<S>>(
  stream: Stream,
  subject: S,
  schema: P,
  options: Pick<Message<S, P>, "id" | "key" | "says">,
) => ({ stream, subject, schema, ...options }) satisfies Message<S, P>;

/** A question answered while the asker waits. */
export type Question<
  R extends v.GenericSchema = v.GenericSchema,
  A extends v.GenericSchema = v.GenericSchema,
> = {
  readonly subject: string;
  readonly request: R;
  readonly answer: A;
  /** Milliseconds before the asker gives up. */
  readonly timeout: number;
};

export const question = <R extends v.GenericSchema, A extends v.GenericSchema>(
  subject: string,
  { request, answer, timeout }: Omit<Question<R, A>, "subject">,
): Question<R, A> => ({ subject, request, answer, timeout });

/** The subject a payload is published on. Throws if a named field is not a single subject token. */
export const subjectOf = (message: Message, payload: object) =>
  message.subject.replace(/{(\w+)}/g, (_, field: string) =>
    tokenOf(message, field, Reflect.get(payload, field)),
  );

/** The subject filter that matches every payload of a message, or those with the given fields. */
export const filterOf = (message: Message, narrowing: object = {}) =>
  message.subject.replace(/{(\w+)}/g, (_, field: string) => {
    const token: unknown = Reflect.get(narrowing, field);
    return token === undefined ? "*" : tokenOf(message, field, token);
  });

/** The name of the durable consumer by which a service takes a message. */
export const durableOf = (service: string, { subject }: Message) =>
  `${service}-${subject.replaceAll(/\W+/g, "-").replace(/-$/, "")}`;

const tokenOf = ({ subject }: Message, field: string, token: unknown) => {
  if (typeof token === "string" && /^[^.*>\s]+$/.test(token)) return token;
  throw new TypeError(`${subject}: ${field} is not a subject token: ${token}`);
};
