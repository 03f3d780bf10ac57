import { createHash } from "node:crypto";
import { Hono } from "hono";
import { Fault } from "#shared/fault.ts";
import { fileResponse } from "#shared/runtime.ts";
import type { HttpApp } from "#shared/service/define.ts";
import { findPublicKey } from "#shared/state/signatures.ts";
import { type Answer, answerFile } from "./answer-file.ts";
import { grace, type Repo } from "./context.ts";
import { listingPage } from "./listing.ts";
import { databaseFiles, type ServedFile } from "./served-files.ts";
import { isSmall } from "./small-bodies.ts";
import { findGeneration } from "./store/current.ts";

const nothing = (status: number) => new Response(null, { status });

const text = (status: number, body: string, type: "plain" | "html" = "plain") =>
  new Response(body, { status, headers: { "content-type": `text/${type}; charset=utf-8` } });

/** `/{arch}/…`: the repository as pacman downloads it. */
export const files = (context: Repo): HttpApp => {
  const { ARCH: arch } = context.config;
  const app = new Hono({ strict: true });
  app.get("/:arch/package/:member", async (c) => {
    const { arch: asked, member } = c.req.param();
    return redirectToPackage(context, asked, member);
  });
  for (const path of [`/${arch}`, `/${arch}/`])
    app.get(path, async () => {
      const { files: current } = await context.view();
      return text(200, listingPage(path, `/${arch}`, current.keys()), "html");
    });
  app.get(`/${arch}/generation/:number{[1-9]\\d{0,14}}/:file`, async (c) => {
    const { number, file } = c.req.param();
    const generation = await findGeneration(context.state.read, Number(number));
    const found = generation && databaseFiles(context.config.NAME, generation).get(file);
    return found ? send(context, c.req.raw, file, found) : nothing(404);
  });
  app.get(`/${arch}/:file`, (c) => sendCurrent(context, c.req.raw, c.req.param("file")));
  app.notFound(() => nothing(404));
  const fail = (error: unknown) => {
    context.log.error("request failed", { error });
    return text(500, error instanceof Fault ? error.message : "internal error; the log says more");
  };
  app.onError(fail);
  const plain = new RegExp(`^https?://[^/]+/${arch}/([^/?#%]+)$`);
  return {
    // hono answers HEAD by the handlers of GET, and leaves every other method to `notFound`. What pacman asks for
    // nearly always goes past it: a third of the time of a small file would be its.
    fetch(request) {
      const file = request.method === "GET" ? plain.exec(request.url)?.[1] : undefined;
      if (file === undefined) return app.fetch(request);
      return sendCurrent(context, request, file).catch(fail);
    },
  };
};

const sendCurrent = async (context: Repo, request: Request, file: string) => {
  const { number, files: current, retired } = await context.view();
  const found = current.get(file) ?? stillServed(context, retired.get(file));
  if (!found) return file === `${context.config.NAME}.asc` ? sendKey(context) : nothing(404);
  // libalpm asks for the signature at the address that the database came from in the end (curl_download_internal
  // in lib/libalpm/dload.c); so the two are of one generation, whatever is published in between.
  if (found.kind === "database" && request.headers.get("user-agent")?.startsWith("pacman/")) {
    const location = `/${context.config.ARCH}/generation/${number}/${encodeURIComponent(file)}`;
    return new Response(null, { status: 307, headers: { location } });
  }
  return send(context, request, file, found);
};

/** The key that signs the repository: public, so that a machine that installs from it needs no secret. */
const sendKey = async ({ state }: Repo) => {
  const key = await findPublicKey(state.read);
  return key === undefined ? nothing(404) : new Response(key, { headers: keyHeaders });
};

const keyHeaders = { "content-type": "application/pgp-keys" };

const redirectToPackage = async ({ config, view }: Repo, arch: string, member: string) => {
  if (arch !== config.ARCH)
    return text(400, `architecture '${arch}' is not supported by this server`);
  const filename = (await view()).published.get(member)?.filename;
  if (filename === undefined)
    return text(404, `package '${member}' does not exist or is not yet built`);
  const location = `/${arch}/${filename}`;
  return new Response(null, { status: 307, headers: { location } });
};

const stillServed = ({ now }: Repo, file: ServedFile | undefined) =>
  file?.retiredAt !== undefined && now() < file.retiredAt + grace ? file : undefined;

const send = async (context: Repo, request: Request, name: string, file: ServedFile) => {
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
