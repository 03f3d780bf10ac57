import { createHash } from "node:crypto";
import { fileResponse } from "#shared/runtime.ts";
import { type Answer, answerFile } from "./answer-file.ts";
import type { Repo } from "./context.ts";
import type { ServedFile } from "./served-files.ts";
import { isSmall } from "./small-bodies.ts";

/** Answers a GET or HEAD of a file, whole or a range of it. */
export const sendFile = async (context: Repo, request: Request, name: string, file: ServedFile) => {
  const { content, modifiedAt } = file;
  const representation = representationOf(name, file);
  const { bytes, etag, signature } = representation;
  const answer = answerFile(request.method, request.headers, { bytes, etag, modifiedAt });
  const init = { status: answer.status, headers: headersOf(request, answer, representation) };
  if (answer.status !== 200 && answer.status !== 206) return new Response(null, init);
  const range = answer.status === 206 ? answer : undefined;
  if (content.kind === "blob" && !isSmall(bytes)) {
    const { path } = await context.blobs.file(content.sha256);
    return fileResponse(path, init, range);
  }
  const body = content.kind === "blob" ? await context.smallBody(content.sha256) : signature;
  return new Response(range ? body.subarray(range.start, range.end) : body, init);
};

/** What is the same in every answer with a file. */
const representationOf = (name: string, file: ServedFile) => {
  const known = representations.get(file);
  if (known?.name === name) return known;
  const made = makeRepresentation(name, file);
  representations.set(file, made);
  return made;
};

const makeRepresentation = (name: string, file: ServedFile) => {
  const { content, kind, modifiedAt } = file;
  const signature = Buffer.from(content.kind === "signature" ? content.base64 : "", "base64");
  const etag = `"${content.kind === "blob" ? content.sha256 : sha256Of(content.base64)}"`;
  return {
    name,
    etag,
    signature,
    bytes: content.kind === "blob" ? content.bytes : signature.byteLength,
    headers: new Headers({
      etag,
      "last-modified": new Date(modifiedAt).toUTCString(),
      "content-disposition": `attachment; filename="${name}"`,
      "accept-ranges": "bytes",
      // A package file's name means the same bytes for ever; all else is asked for again, or a cache would hold a
      // database of one generation beside a signature of another.
      ...(kind !== "package" && { "cache-control": "no-cache" }),
      "content-type":
        kind === "signature" ? "application/pgp-signature" : "application/octet-stream",
    }),
  };
};

const representations = new WeakMap<ServedFile, ReturnType<typeof makeRepresentation>>();

const headersOf = (
  { method }: Request,
  answer: Answer,
  { bytes, headers: same }: ReturnType<typeof makeRepresentation>,
) => {
  if (method === "GET" && answer.status === 200) return same;
  const headers = new Headers(same);
  // Of a HEAD only the headers come out of hono.
  if (method === "HEAD") headers.set("content-length", String(bytes));
  if (answer.status === 206)
    headers.set("content-range", `bytes ${answer.start}-${answer.end - 1}/${bytes}`);
  if (answer.status === 416) headers.set("content-range", `bytes */${bytes}`);
  return headers;
};

const sha256Of = (text: string) => createHash("sha256").update(text).digest("hex");

/** An answer without a body. */
export const nothing = (status: number) => new Response(null, { status });

/** To an address that is relative to the one asked for (RFC 9110 §10.2.2). */
export const redirect = (location: string) =>
  new Response(null, { status: 307, headers: { location, "cache-control": "no-cache" } });
