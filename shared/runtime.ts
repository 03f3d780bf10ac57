import { Fault } from "#shared/fault.ts";
import { webStream } from "#shared/web-stream.ts";

/** What of Deno is used; its own types would clash with Bun's. */
declare const Deno:
  | undefined
  | {
      serve(
        options: { hostname: string; port: number; signal: AbortSignal; onListen(): void },
        fetch: (
          request: Request,
          info: { readonly remoteAddr: { readonly hostname?: string } },
        ) => Response | Promise<Response>,
      ): { readonly addr: { readonly port: number }; readonly finished: Promise<void> };
      readonly permissions: {
        querySync(wish: { name: "read"; path: string }): { readonly state: string };
      };
    };

/** Reads the address that a request's connection comes from: a client's, or its proxy's. Undefined where there is none. */
export type Peer = () => string | undefined;

export type Fetch = (request: Request, peer: Peer) => Response | Promise<Response>;

export type HttpServer = AsyncDisposable & { readonly port: number };

/** Bytes no upload may exceed; services set smaller limits of their own. */
const largestBody = 4 * 1024 ** 3;

/**
 * Seconds without a byte after which a connection is closed: between requests, within a request's head and within an
 * answer, and within a request's body, for which an answer may take two minutes. Bun takes 255 at most. Node has such
 * limits of its own.
 */
const patience = { idle: 60, body: 240 };

/**
 * Listens for web requests, on a free port for 0. Disposing ends open connections at once, live streams too. A client
 * that neither sends nor reads loses its connection; a live stream may be silent for any time.
 */
export const serve = async (
  fetch: Fetch,
  hostname: string,
  port: number,
  limits = patience,
): Promise<HttpServer> => {
  try {
    if (typeof Bun !== "undefined") return serveBun(fetch, hostname, port, limits);
    if (typeof Deno !== "undefined") return serveDeno(Deno, fetch, hostname, port);
    return await serveNode(fetch, hostname, port);
  } catch (error) {
    throw new Fault(
      "unavailable",
      `cannot listen on ${hostname}:${port}: ${describe(error)}; end what listens there, or set PORT or HOST`,
      { cause: error },
    );
  }
};

const serveBun = (
  fetch: Fetch,
  hostname: string,
  port: number,
  { idle, body }: typeof patience,
): HttpServer => {
  const server = Bun.serve({
    hostname,
    port,
    idleTimeout: idle,
    maxRequestBodySize: largestBody,
    // In development Bun answers errors with a page that shows sources; out of it, it shares a busy port.
    development: false,
    reusePort: false,
    async fetch(request, server) {
      // 0 is no limit. A limit holds for the connection, so it is set anew with the answer.
      server.timeout(request, request.body ? body : 0);
      const response = await fetch(request, () => server.requestIP(request)?.address);
      server.timeout(request, isLive(response) ? 0 : idle);
      return response;
    },
  });
  return {
    port: server.port ?? port,
    [Symbol.asyncDispose]: () => server.stop(true),
  };
};

const isLive = ({ headers }: Response) =>
  headers.get("content-type")?.startsWith("text/event-stream") === true;

const serveDeno = (
  deno: NonNullable<typeof Deno>,
  fetch: Fetch,
  hostname: string,
  port: number,
): HttpServer => {
  // Its `shutdown` would wait for streams to end.
  const stopping = new AbortController();
  const { signal } = stopping;
  const server = deno.serve(
    { hostname, port, signal, onListen: () => {} },
    (request, { remoteAddr }) => fetch(request, () => remoteAddr.hostname),
  );
  return {
    port: server.addr.port,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await server.finished;
    },
  };
};

const serveNode = async (fetch: Fetch, hostname: string, port: number): Promise<HttpServer> => {
  const { createAdaptorServer } = await import("@hono/node-server");
  const server = createAdaptorServer({
    fetch: (request, { incoming }) => fetch(request, () => incoming.socket.remoteAddress),
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, hostname, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      if ("closeAllConnections" in server) server.closeAllConnections();
      await closed;
    },
  };
};

/** A file, or its bytes from `start` to `end` (excluded), as fast as the runtime sends files. */
export const fileResponse = (
  path: string,
  init: ResponseInit,
  range?: { readonly start: number; readonly end: number },
): Response => {
  if (typeof Bun !== "undefined") {
    const file = Bun.file(path);
    return new Response(range ? file.slice(range.start, range.end) : file, init);
  }
  // Loaded here, as a service without files may be where there are none.
  const { createReadStream } = process.getBuiltinModule("node:fs");
  const stream = createReadStream(path, range && { start: range.start, end: range.end - 1 });
  return new Response(webStream(stream), init);
};

/** Whether the runtime lets us have a file or a directory; Deno does where it is told so, and is not asked to ask. */
export const mayRead = (path: string): boolean =>
  typeof Deno === "undefined" ||
  Deno.permissions.querySync({ name: "read", path }).state === "granted";

/** One file of JavaScript for Node made of `entry` and all it imports, but for `external`. */
export const bundle = async (entry: string, external: readonly string[]): Promise<string> => {
  if (typeof Bun === "undefined")
    throw new Fault("unavailable", "bundling kiln's command line takes Bun");
  const built = await Bun.build({
    entrypoints: [entry],
    target: "node",
    external: [...external],
    throw: true,
  });
  const [output] = built.outputs;
  if (!output) throw new Error(`bundling ${entry} gave no file`);
  return output.text();
};

const describe = (error: unknown) => (error instanceof Error ? error.message : String(error));
