import { expect, test } from "vitest";
import { messages } from "#shared/messages/index.ts";
import { describeEvents } from "../../../services/api/asyncapi.ts";
import { startApi } from "../../support/api.ts";
import { findFaults, isDescribed } from "../../support/asyncapi.ts";

test("AsyncAPI's own schema finds nothing wrong with GET /asyncapi.json", async () => {
  await using api = await startApi();

  const answer = await api.request("/asyncapi.json");

  expect(answer.headers.get("content-type")).toContain("application/json");
  expect(findFaults(await answer.json())).toEqual([]);
});

test.each([
  ["no version", { asyncapi: undefined }],
  ["a channel without an address that is text", { channels: { x: { address: 1 } } }],
  ["an operation that does nothing", { operations: { x: { action: "dream" } } }],
])("and it would find %s", (_what, wrong) => {
  const document = JSON.parse(JSON.stringify({ ...describeEvents(messages), ...wrong }));

  expect(findFaults(document)).not.toEqual([]);
});

test("it has a channel for each log message, and for no work and no question", () => {
  const { channels, operations, components } = describeEvents(messages);

  const log = messages.filter(({ stream }) => stream.keep === "log");
  expect(Object.values(channels).map(({ address }) => address)).toEqual(
    log.map(({ subject }) => subject),
  );
  expect(Object.keys(operations)).toEqual(Object.keys(channels));
  expect(Object.keys(components.messages)).toEqual(Object.keys(channels));
});

test("a subject's fields are the channel's parameters, found in the payload", () => {
  const { channels } = describeEvents(messages);

  expect(channels["build.output"]).toMatchObject({
    address: "build.output.{build}",
    parameters: { build: { location: "$message.payload#/build" } },
  });
  expect(channels["build.ended"]).not.toHaveProperty("parameters");
});

test("every message says what it is, and every reference leads somewhere", () => {
  const document = describeEvents(messages);
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)];

  const lost = references.filter(
    ([, path = ""]) =>
      path
        .split("/")
        .reduce<unknown>(
          (at, key) => (typeof at === "object" && at !== null ? Reflect.get(at, key) : undefined),
          document,
        ) === undefined,
  );

  expect(lost).toEqual([]);
  expect(Object.values(document.channels).filter(({ summary }) => summary === undefined)).toEqual(
    [],
  );
});

test("payloads are described as they are sent", () => {
  const document = describeEvents(messages);
  const ended = {
    build: "0e3f0b0c-3c1d-4b6c-9d51-8d3a5b1f2a77",
    pkgbase: "app",
    arch: "any",
    at: 1,
    state: "success",
    message: null,
  };

  expect(isDescribed(document, "build.ended", ended)).toBe(true);
  for (const wrong of [{ state: "asleep" }, { at: "now" }, { pkgbase: undefined }])
    expect(isDescribed(document, "build.ended", { ...ended, ...wrong })).toBe(false);
});
