import asyncapi from "@asyncapi/specs";
import { Ajv } from "ajv";

// Its `$id`s name draft 7 a second time, and its formats are not Ajv's own.
const ajv = new Ajv({ strict: false, validateFormats: false, meta: false, allErrors: true });

const official: object = asyncapi.schemas["3.0.0"];

/** What AsyncAPI's own schema of version 3.0 finds wrong with a document; nothing when it finds nothing. */
export const findFaults = (document: unknown) => {
  ajv.validate(official, document);
  return (ajv.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
};

/** Whether a payload is what a document says of the message. */
export const isDescribed = (document: AsyncApi, name: string, payload: unknown) => {
  const schema = document.components.messages[name]?.payload;
  if (!schema) throw new Error(`nothing is said of ${name}`);
  return new Ajv({ strict: false, validateFormats: false }).validate(schema, payload);
};

export type AsyncApi = {
  readonly channels: Readonly<
    Record<string, { readonly address: string; readonly parameters?: object }>
  >;
  readonly components: {
    readonly messages: Readonly<Record<string, { readonly payload: object }>>;
  };
};
