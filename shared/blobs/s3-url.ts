import { Fault } from "#shared/fault.ts";

/** Where blobs are: every path starts with `endpoint/bucket` ("path style"). */
export type S3Place = {
  /** Without a slash at its end. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** Before every key; empty, or with a slash at its end. */
  readonly prefix: string;
};

const form = "s3://bucket[/prefix]?endpoint=http[s]://host[:port][&region=name]";

/** Reads `s3://bucket/prefix?endpoint=…&region=…`. Without an endpoint it is Amazon's of the region, us-east-1 unless named. */
export const parseS3Url = (text: string): S3Place => {
  const url = URL.parse(text);
  const refuse = (what: string) =>
    new Fault("invalid", `BLOBS_URL ${what}, expected ${form} with a key in AWS_ACCESS_KEY_ID`);
  if (url?.protocol !== "s3:") throw refuse("is no such URL");
  if (url.username || url.password || url.port || url.hash) throw refuse("has more in it");
  const { endpoint, region = "us-east-1", ...others } = Object.fromEntries(url.searchParams);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw refuse(`has ${JSON.stringify(unknown)} in it`);
  // Source: Amazon S3's bucket naming rules.
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(url.hostname))
    throw refuse(`names the bucket ${JSON.stringify(url.hostname)}`);
  if (!/^[a-z0-9-]+$/.test(region)) throw refuse(`names the region ${JSON.stringify(region)}`);
  const prefix = url.pathname.replace(/^\/+|\/+$/g, "");
  if (!/^([\w.-]*[\w-][\w.-]*\/)*([\w.-]*[\w-][\w.-]*)?$/.test(prefix))
    throw refuse(`names the prefix ${JSON.stringify(prefix)}`);
  return {
    endpoint: endpointOf(endpoint ?? `https://s3.${region}.amazonaws.com`, refuse),
    region,
    bucket: url.hostname,
    prefix: prefix && `${prefix}/`,
  };
};

const endpointOf = (text: string, refuse: (what: string) => Fault) => {
  const url = URL.parse(text);
  const isWeb = url?.protocol === "http:" || url?.protocol === "https:";
  if (!url || !isWeb || url.search || url.hash || url.username || url.password)
    throw refuse(`names the endpoint ${JSON.stringify(text)}`);
  return url.href.replace(/\/+$/, "");
};
