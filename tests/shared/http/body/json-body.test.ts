import { expect, test } from "vitest";
import { secret, startApi } from "../../../support/api.ts";

const post = async (path: string, body: string, contentType = "application/json") => {
  await using api = await startApi();
  const response = await api.request(path, {
    method: "POST",
    headers: { authorization: secret, "content-type": contentType },
    body,
  });
  return { status: response.status, text: await response.text() };
};

const build = (rest: string) => `{"packages":[],${rest}}`;

test.each([
  ["{", "EOF while parsing an object at line 1 column 1"],
  ["", "EOF while parsing a value at line 1 column 0"],
  ["nope", "expected ident at line 1 column 2"],
  ["{1}", "key must be a string at line 1 column 2"],
  ['{"a" 1}', "expected `:` at line 1 column 6"],
  ['{"a":1 "b"}', "expected `,` or `}` at line 1 column 8"],
  ['{"a":1,}', "trailing comma at line 1 column 8"],
  ['{"a":[1 2]}', "expected `,` or `]` at line 1 column 9"],
  ['{"a":"x', "EOF while parsing a string at line 1 column 7"],
  ['{\n "a": }', "expected value at line 2 column 7"],
  ["{} x", "trailing characters at line 1 column 4"],
  ['{"packages":[]}', "missing field `clean` at line 1 column 15"],
  ['{"clean":"x"}', 'invalid type: string "x", expected a boolean at line 1 column 12'],
  [build('"clean":1'), "invalid type: integer `1`, expected a boolean at line 1 column 24"],
  ['{"packages":[null]}', "invalid type: null, expected a string at line 1 column 17"],
  ['{"packages":"foo"}', 'invalid type: string "foo", expected a sequence at line 1 column 17'],
])("POST /build of %s says what serene says", async (body, text) => {
  expect(await post("/build", body)).toEqual({
    status: 400,
    text: `Json deserialize error: ${text}`,
  });
});

test.each([
  [
    '{"replace":false,"source":{"type":"zip"}}',
    "unknown variant `zip`, expected one of `aur`, `git`, `raw` at line 1 column 39",
  ],
  ['{"replace":false,"source":{"type":"aur"}}', "missing field `name` at line 1 column 41"],
  ['{"replace":false}', "missing field `source` at line 1 column 17"],
])("POST /package/add of %s says what serene says", async (body, text) => {
  expect(await post("/package/add", body)).toEqual({
    status: 400,
    text: `Json deserialize error: ${text}`,
  });
});

test("a body deeper than anybody reads is refused, not followed", async () => {
  const { status } = await post("/build", "[".repeat(100_000));

  expect(status).toBe(400);
});

test("another content type is refused", async () => {
  expect(await post("/build", "{}", "text/plain")).toEqual({
    status: 400,
    text: "Content type error",
  });
});

test("a body over two megabytes is refused", async () => {
  const { status } = await post("/build", JSON.stringify({ packages: ["x".repeat(2 ** 21)] }));

  expect(status).toBe(413);
});

test("unknown fields are ignored", async () => {
  const body = build('"clean":true,"resolve":true,"force":true,"more":{"a":[1.5e3]}');

  expect(await post("/build", body)).toEqual({ status: 200, text: "" });
});
