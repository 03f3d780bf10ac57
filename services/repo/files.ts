import { Hono } from "hono";
import { Fault } from "#shared/fault.ts";
import type { Peer } from "#shared/runtime.ts";
import type { HttpApp } from "#shared/service/define.ts";
import { findPublicKey } from "#shared/state/signatures.ts";
import { grace, type Repo } from "./context.ts";
import { listingPage } from "./listing.ts";
import { nothing, redirect, sendFile } from "./send-file.ts";
import { sendPaired } from "./send-paired.ts";
import { databaseFiles, databaseOf, type ServedFile } from "./served-files.ts";
import { findGeneration } from "./store/current.ts";

const text = (status: number, body: string, type: "plain" | "html" = "plain") =>
  new Response(body, { status, headers: { "content-type": `text/${type}; charset=utf-8` } });

/** `/{arch}/…`: the repository as pacman downloads it. */
export const files = (context: Repo): HttpApp => {
  const { ARCH: arch } = context.config;
  const app = new Hono<{ Bindings: { readonly peer: Peer } }>({ strict: true });
  app.get("/:arch/package/:member", async (c) => {
    const { arch: asked, member } = c.req.param();
    return redirectToPackage(context, asked, member);
  });
  // Links are relative to what comes before the last slash of the page's own address.
  for (const [path, folder] of [
    [`/${arch}`, `${arch}/`],
    [`/${arch}/`, "./"],
  ] as const)
    app.get(path, async () => {
      const { files: current } = await context.view();
      return text(200, listingPage(path, folder, current.keys()), "html");
    });
  app.get(`/${arch}/generation/:number{[1-9]\\d{0,14}}/:file`, async (c) => {
    const { number, file } = c.req.param();
    const generation = await findGeneration(context.state.read, Number(number));
    const found = generation && databaseFiles(context.config.NAME, generation).get(file);
    return found ? sendFile(context, c.req.raw, file, found) : nothing(404);
  });
  app.get(`/${arch}/:file`, (c) =>
    sendCurrent(context, c.req.raw, c.req.param("file"), c.env.peer),
  );
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
    fetch(request, peer) {
      const file = request.method === "GET" ? plain.exec(request.url)?.[1] : undefined;
      if (file === undefined) return app.fetch(request, { peer });
      return sendCurrent(context, request, file, peer).catch(fail);
    },
  };
};

const sendCurrent = async (context: Repo, request: Request, file: string, peer: Peer) => {
  const { files: current, retired } = await context.view();
  const database = databaseOf(current, file);
  if (database !== undefined) return sendPaired(context, request, file, database, peer);
  const found = current.get(file) ?? stillServed(context, retired.get(file));
  if (!found) return file === `${context.config.NAME}.asc` ? sendKey(context) : nothing(404);
  return sendFile(context, request, file, found);
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
  return filename === undefined
    ? text(404, `package '${member}' does not exist or is not yet built`)
    : redirect(`../${encodeURIComponent(filename)}`);
};

const stillServed = ({ now }: Repo, file: ServedFile | undefined) =>
  file?.retiredAt !== undefined && now() < file.retiredAt + grace ? file : undefined;
