import { Fault } from "#shared/fault.ts";
import { days, seconds } from "#shared/time.ts";
import type { ListedBlob, Range } from "./blobs.ts";
import { noBlob } from "./checking.ts";
import type { Answer, S3 } from "./s3.ts";
import { fieldOf } from "./s3-refusal.ts";
import type { S3Place } from "./s3-url.ts";

/** Takes the parts of one blob, from number 1 on; it is there when they are complete, or not at all. */
export type Upload = {
  part(number: number, content: Uint8Array<ArrayBuffer>): Promise<string>;
  /** `tags` as the parts answered them, in their order. */
  complete(tags: readonly string[]): Promise<void>;
  abort(): Promise<void>;
};

export type FoundObject = {
  readonly bytes: number;
  /** Whole seconds, by the server's clock. */
  readonly putAt: number;
  /** Milliseconds since then, by the same clock. */
  readonly age: number;
};

/** Blobs as a bucket's objects, `<first two digits>/<sha256>`. */
export type Objects = {
  /** Undefined where there is none. */
  find(sha256: string): Promise<FoundObject | undefined>;
  /** `Fault` missing where there is none. */
  content(sha256: string, range?: Range): Promise<AsyncIterable<Uint8Array>>;
  put(sha256: string, content: Uint8Array<ArrayBuffer>): Promise<void>;
  begin(sha256: string): Promise<Upload>;
  /** Sets its time to now, without sending it; false where the server cannot: it must be put again. */
  renew(sha256: string, bytes: number): Promise<boolean>;
  list(): AsyncIterable<ListedBlob>;
  /** Deleting one that is not there is no failure. */
  delete(sha256: string): Promise<void>;
  /** Aborts uploads of blobs that were begun a day ago: nobody sees them, and they take room. */
  abortAbandoned(): Promise<void>;
  ping(): Promise<void>;
};

const keyOf = (sha256: string) => `${sha256.slice(0, 2)}/${sha256}`;

const demand = async (asking: Promise<Answer | undefined>) => {
  const answer = await asking;
  if (!answer) throw new Fault("unavailable", "S3 answers as to a read; it is tried again");
  return answer;
};

const field = (xml: string, name: string) => {
  const value = fieldOf(xml, name);
  if (value === undefined)
    throw new Fault("unavailable", `expected ${name} in S3's answer, not ${xml.slice(0, 500)}`);
  return value;
};

/** Source: Amazon S3 API Reference, CompleteMultipartUpload. */
const listOf = (tags: readonly string[]) => {
  const parts = tags.map(
    (tag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${tag}</ETag></Part>`,
  );
  return `<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`;
};

/** Bytes of an object up to which CopyObject takes it. Source: Amazon S3 API Reference, CopyObject. */
const largestCopied = 5 * 1024 ** 3;

type Place = Pick<S3Place, "bucket" | "prefix">;

// Source: Amazon S3 API Reference: GetObject, PutObject, CreateMultipartUpload and its kin.
export const openObjects = ({ ask }: S3, { bucket, prefix }: Place): Objects => {
  const abort = async (key: string, uploadId: string) =>
    void (await ask({ method: "DELETE", key, query: { uploadId } }));

  return {
    async find(sha256) {
      const answer = await ask({ method: "HEAD", key: keyOf(sha256) });
      if (!answer) return undefined;
      const putAt = Date.parse(answer.headers.get("last-modified") ?? "");
      const now = Date.parse(answer.headers.get("date") ?? "");
      return { bytes: Number(answer.headers.get("content-length")), putAt, age: now - putAt };
    },

    async content(sha256, range) {
      const headers = range ? { range: `bytes=${range.start}-${range.end - 1}` } : {};
      const answer = await ask({ method: "GET", key: keyOf(sha256), headers });
      if (answer) return answer.content();
      if (range && (await this.find(sha256)) !== undefined) return new Blob().stream();
      throw noBlob(sha256);
    },

    async put(sha256, content) {
      await demand(ask({ method: "PUT", key: keyOf(sha256), body: content }));
    },

    async begin(sha256) {
      const key = keyOf(sha256);
      const begun = await demand(ask({ method: "POST", key, query: { uploads: "" } }));
      const uploadId = field(await begun.text(), "UploadId");
      return {
        async part(number, body) {
          const query = { partNumber: String(number), uploadId };
          const taken = await demand(ask({ method: "PUT", key, query, body }));
          return taken.headers.get("etag") ?? "";
        },
        async complete(tags) {
          const body = new TextEncoder().encode(listOf(tags));
          const answer = await demand(ask({ method: "POST", key, query: { uploadId }, body }));
          // An error may come after the status was sent.
          field(await answer.text(), "ETag");
        },
        abort: () => abort(key, uploadId),
      };
    },

    async renew(sha256, bytes) {
      if (bytes > largestCopied) return false;
      const key = keyOf(sha256);
      const before = await this.find(sha256);
      const headers = {
        "x-amz-copy-source": `/${bucket}/${prefix}${key}`,
        // Without it, S3 refuses to copy an object onto itself.
        "x-amz-metadata-directive": "REPLACE",
      };
      if (!before || !(await ask({ method: "PUT", key, headers }))) return false;
      const after = await this.find(sha256);
      return after !== undefined && after.age < before.age;
    },

    async *list() {
      let page: string | undefined;
      do {
        const query = { "list-type": "2", prefix, ...(page && { "continuation-token": page }) };
        const xml = await (await demand(ask({ method: "GET", query }))).text();
        for (const [, object = ""] of xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
          const [, sha256] =
            /^[0-9a-f]{2}\/([0-9a-f]{64})$/.exec(field(object, "Key").slice(prefix.length)) ?? [];
          if (sha256 === undefined) continue;
          const putAt = Date.parse(field(object, "LastModified"));
          yield { sha256, bytes: Number(field(object, "Size")), putAt };
        }
        page = fieldOf(xml, "NextContinuationToken");
      } while (page);
    },

    async delete(sha256) {
      await ask({ method: "DELETE", key: keyOf(sha256) });
    },

    async abortAbandoned() {
      const answer = await demand(ask({ method: "GET", query: { uploads: "", prefix } }));
      const now = Date.parse(answer.headers.get("date") ?? "");
      for (const [, upload = ""] of (await answer.text()).matchAll(/<Upload>(.*?)<\/Upload>/gs)) {
        const key = field(upload, "Key").slice(prefix.length);
        const isOld = Date.parse(field(upload, "Initiated")) < now - days(1);
        if (isOld && /^[0-9a-f]{2}\/[0-9a-f]{64}$/.test(key))
          await abort(key, field(upload, "UploadId"));
      }
    },

    async ping() {
      // Less than `/readyz` waits for.
      await demand(ask({ method: "HEAD", patience: seconds(2) }, []));
    },
  };
};
