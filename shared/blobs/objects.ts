import { Fault } from "#shared/fault.ts";
import { days, seconds } from "#shared/time.ts";
import type { Range } from "./blobs.ts";
import { noBlob } from "./checking.ts";
import type { Answer, S3 } from "./s3.ts";
import { fieldOf } from "./s3-refusal.ts";

/** Takes the parts of one blob, from number 1 on; it is there when they are complete, or not at all. */
export type Upload = {
  part(number: number, content: Uint8Array<ArrayBuffer>): Promise<string>;
  /** `tags` as the parts answered them, in their order. */
  complete(tags: readonly string[]): Promise<void>;
  abort(): Promise<void>;
};

/** Blobs as a bucket's objects, `<first two digits>/<sha256>`. */
export type Objects = {
  /** Undefined where there is none. */
  bytes(sha256: string): Promise<number | undefined>;
  /** `Fault` missing where there is none. */
  content(sha256: string, range?: Range): Promise<AsyncIterable<Uint8Array>>;
  put(sha256: string, content: Uint8Array<ArrayBuffer>): Promise<void>;
  begin(sha256: string): Promise<Upload>;
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

// Source: Amazon S3 API Reference: GetObject, PutObject, CreateMultipartUpload and its kin.
export const openObjects = ({ ask }: S3, prefix: string): Objects => {
  const abort = async (key: string, uploadId: string) =>
    void (await ask({ method: "DELETE", key, query: { uploadId } }));

  return {
    async bytes(sha256) {
      const answer = await ask({ method: "HEAD", key: keyOf(sha256) });
      return answer && Number(answer.headers.get("content-length"));
    },

    async content(sha256, range) {
      const headers = range ? { range: `bytes=${range.start}-${range.end - 1}` } : {};
      const answer = await ask({ method: "GET", key: keyOf(sha256), headers });
      if (answer) return answer.content();
      if (range && (await this.bytes(sha256)) !== undefined) return new Blob().stream();
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
