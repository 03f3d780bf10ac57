import { expect, test } from "vitest";
import { parseS3Url } from "#shared/blobs/s3-url.ts";

test.each([
  [
    "s3://kiln?endpoint=http://10.0.0.2:7070",
    { endpoint: "http://10.0.0.2:7070", region: "us-east-1", bucket: "kiln", prefix: "" },
  ],
  [
    "s3://kiln/x86_64/blobs/?region=auto&endpoint=https://storage.example/s3/",
    {
      endpoint: "https://storage.example/s3",
      region: "auto",
      bucket: "kiln",
      prefix: "x86_64/blobs/",
    },
  ],
  [
    "s3://my.bucket-1?region=eu-north-1",
    {
      endpoint: "https://s3.eu-north-1.amazonaws.com",
      region: "eu-north-1",
      bucket: "my.bucket-1",
      prefix: "",
    },
  ],
])("%s is a place", (url, place) => {
  expect(parseS3Url(url)).toEqual(place);
});

test.each([
  ["s3:", 'names the bucket ""'],
  ["s3://", 'names the bucket ""'],
  ["s3:// x", "is no such URL"],
  ["s3://Kiln", 'names the bucket "Kiln"'],
  ["s3://key:secret@kiln", "has more in it"],
  ["s3://kiln:9000", "has more in it"],
  ["s3://kiln#x", "has more in it"],
  ["s3://kiln/a//b", 'names the prefix "a//b"'],
  ["s3://kiln/a%20b", 'names the prefix "a%20b"'],
  ["s3://kiln?region=a/b", 'names the region "a/b"'],
  ["s3://kiln?endpoint=10.0.0.2:7070", 'names the endpoint "10.0.0.2:7070"'],
  ["s3://kiln?endpoint=http://a?b", 'names the endpoint "http://a?b"'],
  ["s3://kiln?end-point=http://a", 'has "end-point" in it'],
])("%s is refused, and its form told", (url, what) => {
  expect(() => parseS3Url(url)).toThrow(
    `BLOBS_URL ${what}, expected s3://bucket[/prefix]?endpoint=http[s]://host[:port][&region=name] with a key in AWS_ACCESS_KEY_ID`,
  );
});

test("what is refused tells no secret", () => {
  expect(() => parseS3Url("s3://key:hidden@kiln")).not.toThrow(/hidden/);
});
