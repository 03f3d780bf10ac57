import { Fault } from "#shared/fault.ts";

export type Refusal = {
  /** S3's name for it; empty where the answer is none of S3's. */
  readonly code: string;
  readonly message: string;
};

/** The text of an XML element that holds nothing else; undefined where there is none. */
export const fieldOf = (xml: string, name: string) =>
  new RegExp(`<${name}>([^<]*)</${name}>`)
    .exec(xml)?.[1]
    ?.replaceAll(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replaceAll("&apos;", "'")
    .replaceAll("&quot;", '"')
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");

/** Reads an error's body. Source: Amazon S3 API Reference, "REST error responses". */
export const parseRefusal = (body: string): Refusal => ({
  code: fieldOf(body, "Code") ?? "",
  message: fieldOf(body, "Message") ?? "",
});

/** Whoever keeps the bucket can mend all of these, so what needs it waits. */
export const refusalFault = (bucket: string, status: number, { code, message }: Refusal) => {
  const said = [status, code, message && `(${message})`].filter(Boolean).join(" ");
  return new Fault("unavailable", `${bucket} refuses: ${said}; ${adviceFor(status, code)}`);
};

const adviceFor = (status: number, code: string) => {
  if (status === 404 && (code === "" || code === "NoSuchBucket"))
    return "make the bucket, or mend BLOBS_URL";
  if (code === "RequestTimeTooSkewed") return "set the clock of this host or of that one";
  if (status < 400 || code === "AuthorizationHeaderMalformed")
    return "see endpoint and region in BLOBS_URL";
  // versitygw answers 404 to a key that it does not know.
  if (status === 401 || status === 403 || code === "XAdminUserNotFound")
    return "see AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and what that key may do";
  return "it is tried again";
};
