import type { Env, MiddlewareHandler } from "hono";
import { uniqueSymbol, validator } from "hono-openapi";
import * as v from "valibot";
import { Fault } from "#shared/fault.ts";
import { dialect } from "../describe.ts";
import type { Refusals } from "../refusals.ts";
import { serdeMessage } from "./serde-message.ts";

/** Bytes of a request's body. */
const limit = 2 * 1024 * 1024;

type Json<S extends v.GenericSchema> = {
  in: { json: v.InferInput<S> };
  out: { json: v.InferOutput<S> };
};

/**
 * Gives an app `jsonBody`, which reads a JSON body of a schema's shape and documents it. The messages of what it refuses are
 * those of actix-web and serde_json, which serene and rebuilderd are made with.
 */
export const jsonBodyOf =
  ({ refuse }: Pick<Refusals, "refuse">) =>
  <S extends v.GenericSchema>(schema: S): MiddlewareHandler<Env, string, Json<S>> => {
    const read: MiddlewareHandler<Env, string, Json<S>> = async (c, next) => {
      const mediaType = c.req.header("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
      if (mediaType !== "application/json") throw new Fault("invalid", "Content type error");
      const text = await readText(c.req.raw);
      if (text === undefined)
        return refuse(413, `JSON payload has exceeded limit (${limit} bytes).`);
      c.req.addValidatedData("json", parse(schema, text));
      return next();
    };
    const documentation: unknown = Reflect.get(
      validator("json", schema, undefined, dialect),
      uniqueSymbol,
    );
    return Object.assign(read, { [uniqueSymbol]: documentation });
  };

const parse = <S extends v.GenericSchema>(schema: S, text: string): object => {
  const parsed = v.safeParse(schema, parseJson(text));
  if (parsed.success && typeof parsed.output === "object" && parsed.output !== null)
    return parsed.output;
  throw malformed(serdeMessage(text, parsed.issues));
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed(serdeMessage(text));
  }
};

const malformed = (message: string) => new Fault("invalid", `Json deserialize error: ${message}`);

/** `undefined`: it is larger than the limit. What is over it is not read. */
const readText = async (request: Request) => {
  if (Number(request.headers.get("content-length")) > limit) return undefined;
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > limit) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
};
