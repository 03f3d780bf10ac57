import { expect, test } from "vitest";
import { parseRefusal, refusalFault } from "#shared/blobs/s3-refusal.ts";

const body = (code: string, message: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><RequestId>1</RequestId></Error>`;

test.each([
  [body("NoSuchKey", "not there"), { code: "NoSuchKey", message: "not there" }],
  [
    body("Odd", "&#39;a&#39; &lt;b&gt; &amp;amp; &quot;c&quot;"),
    { code: "Odd", message: "'a' <b> &amp; \"c\"" },
  ],
  ["<html><h1>502 Bad Gateway</h1></html>", { code: "", message: "" }],
  ["", { code: "", message: "" }],
])("%s says so", (text, refusal) => {
  expect(parseRefusal(text)).toEqual(refusal);
});

test.each([
  [403, "SignatureDoesNotMatch", "see AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"],
  [403, "RequestTimeTooSkewed", "set the clock of this host or of that one"],
  [404, "NoSuchBucket", "make the bucket, or mend BLOBS_URL"],
  [404, "", "make the bucket, or mend BLOBS_URL"],
  [404, "XAdminUserNotFound", "see AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"],
  [404, "NoSuchUpload", "it is tried again"],
  [301, "PermanentRedirect", "see endpoint and region in BLOBS_URL"],
  [400, "AuthorizationHeaderMalformed", "see endpoint and region in BLOBS_URL"],
  [503, "SlowDown", "it is tried again"],
])("%i %s waits, and tells what to see to", (status, code, advice) => {
  const fault = refusalFault("the bucket b", status, { code, message: "" });

  expect(fault).toMatchObject({ kind: "unavailable", message: expect.stringContaining(advice) });
  expect(fault.message).toContain(`the bucket b refuses: ${status}`);
});
