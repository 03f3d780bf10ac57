import { expect, test } from "vitest";
import { answerFile } from "../../../services/repo/answer-file.ts";

const modifiedAt = Date.UTC(2026, 10, 21, 0, 19, 29, 500);
const same = "Sat, 21 Nov 2026 00:19:29 GMT";
const older = "Sat, 21 Nov 2026 00:19:28 GMT";
const newer = "Sat, 21 Nov 2026 00:19:30 GMT";
const file = { bytes: 1000, etag: '"abc"', modifiedAt };
const part = (start: number, end: number) => ({ status: 206, start, end });

test.each([
  ["no condition", {}, { status: 200 }],
  ["the tag it has", { "if-none-match": '"abc"' }, { status: 304 }],
  ["the tag in a list", { "if-none-match": '"x" , "abc"' }, { status: 304 }],
  ["the weak form of the tag", { "if-none-match": 'W/"abc"' }, { status: 304 }],
  ["any tag", { "if-none-match": "*" }, { status: 304 }],
  ["another tag", { "if-none-match": '"x"' }, { status: 200 }],
  [
    "another tag, whatever the date",
    { "if-none-match": '"x"', "if-modified-since": newer },
    { status: 200 },
  ],
  ["the same second", { "if-modified-since": same }, { status: 304 }],
  ["a later second", { "if-modified-since": newer }, { status: 304 }],
  ["an earlier second", { "if-modified-since": older }, { status: 200 }],
  ["a date that is none", { "if-modified-since": "yesterday" }, { status: 200 }],
  ["if-match of the tag", { "if-match": '"abc"' }, { status: 200 }],
  ["if-match of another tag", { "if-match": '"x"' }, { status: 412 }],
  ["unmodified since before", { "if-unmodified-since": older }, { status: 412 }],
  ["unmodified since then", { "if-unmodified-since": same }, { status: 200 }],
  ["a range from the start", { range: "bytes=0-9" }, part(0, 10)],
  ["a range to the end", { range: "bytes=990-" }, part(990, 1000)],
  ["a range past the end", { range: "bytes=990-5000" }, part(990, 1000)],
  ["the last bytes", { range: "bytes=-10" }, part(990, 1000)],
  ["more last bytes than there are", { range: "bytes=-5000" }, part(0, 1000)],
  ["a range behind the end", { range: "bytes=1000-" }, { status: 416 }],
  ["no last bytes", { range: "bytes=-0" }, { status: 416 }],
  ["a range backwards", { range: "bytes=9-0" }, { status: 200 }],
  ["a range of nothing", { range: "bytes=-" }, { status: 200 }],
  ["two ranges", { range: "bytes=0-1,5-6" }, { status: 200 }],
  ["another unit", { range: "lines=0-1" }, { status: 200 }],
  ["a range if the tag is the same", { range: "bytes=0-9", "if-range": '"abc"' }, part(0, 10)],
  [
    "a range if a weak tag is the same",
    { range: "bytes=0-9", "if-range": 'W/"abc"' },
    { status: 200 },
  ],
  ["a range if the date is the same", { range: "bytes=0-9", "if-range": same }, part(0, 10)],
  ["a range if the date is newer", { range: "bytes=0-9", "if-range": newer }, { status: 200 }],
  [
    "a range of what is not modified",
    { range: "bytes=0-9", "if-none-match": '"abc"' },
    { status: 304 },
  ],
])("%s", (_name, headers, expected) => {
  const answer = answerFile("GET", new Headers(Object.entries(headers)), file);

  expect(answer).toEqual(expected);
});

test("HEAD has no ranges", () => {
  const answer = answerFile("HEAD", new Headers({ range: "bytes=0-9" }), file);

  expect(answer).toEqual({ status: 200 });
});
