import { toJsonSchema } from "@valibot/to-json-schema";
import type { Message } from "#shared/bus/declare.ts";
import { seconds } from "#shared/time.ts";
import { kilnVersion } from "#shared/version.ts";

const about = `What kiln says while it works, as an application hears it that listens: its operations are of the kind "receive".
The user "integration" of nats-server may subscribe to these subjects and publish nothing. Each message is also kept for a
while by a JetStream stream: who was away reads what it missed by $JS.API.STREAM.MSG.GET, from the sequence number on that
it saw last.`;

/** AsyncAPI 3.0 (https://www.asyncapi.com/docs/reference/specification/v3.0.0) of the log messages among these. */
export const describeEvents = (messages: readonly Message[]) => {
  const log = messages.filter(({ stream }) => stream.keep === "log");
  const each = <T>(make: (message: Message, name: string) => T) =>
    Object.fromEntries(log.map((message) => [nameOf(message), make(message, nameOf(message))]));
  return {
    asyncapi: "3.0.0",
    info: {
      title: "kiln's events",
      version: kilnVersion,
      description: about.replaceAll("\n", " "),
    },
    defaultContentType: "application/json",
    servers: {
      nats: {
        host: "{host}",
        protocol: "nats",
        description: "The nats-server that kiln's services talk over",
        variables: {
          host: { description: "Its host and port", default: "localhost:4222" },
        },
        security: [{ $ref: "#/components/securitySchemes/integration" }],
      },
    },
    channels: each((message, name) => ({
      address: message.subject,
      title: name,
      ...(message.says !== undefined && { summary: message.says }),
      servers: [{ $ref: "#/servers/nats" }],
      ...parametersOf(message),
      messages: { [name]: { $ref: `#/components/messages/${name}` } },
      "x-jetstream": {
        stream: message.stream.name,
        maxAgeSeconds: message.stream.maxAge / seconds(1),
      },
    })),
    operations: each((message, name) => ({
      action: "receive",
      channel: { $ref: `#/channels/${name}` },
      ...(message.says !== undefined && { summary: message.says }),
      messages: [{ $ref: `#/channels/${name}/messages/${name}` }],
    })),
    components: {
      messages: each((message, name) => ({
        name,
        ...(message.says !== undefined && { summary: message.says }),
        contentType: "application/json",
        headers,
        payload: payloadOf(message),
      })),
      securitySchemes: {
        integration: {
          type: "userPassword",
          description: "The user integration, which hears everything here and says nothing",
        },
      },
    },
  };
};

/** Its subject without what differs from one to the next: `build.output.{build}` is `build.output`. */
const nameOf = ({ subject }: Message) => subject.replaceAll(/\.\{\w+\}/g, "");

const parametersOf = ({ subject }: Message) => {
  const fields = [...subject.matchAll(/\{(\w+)\}/g)].map(([, field = ""]) => field);
  if (fields.length === 0) return {};
  const parameters = fields.map((field) => [
    field,
    { description: `\`${field}\` of the payload`, location: `$message.payload#/${field}` },
  ]);
  return { parameters: Object.fromEntries(parameters) };
};

const headers = {
  type: "object",
  properties: {
    "Nats-Msg-Id": {
      type: "string",
      description: "The same for a message that is said twice",
    },
  },
};

/**
 * In the dialect that is AsyncAPI's own, JSON Schema draft 7. What it has no word for is left out: a check that is a
 * function, and the flags of a pattern, which JSON Schema reads as Unicode anyway.
 */
const payloadOf = ({ schema }: Message) => {
  const { $schema: _, ...payload } = toJsonSchema(schema, {
    target: "draft-07",
    errorMode: "ignore",
  });
  return payload;
};
