import type { Peer } from "#shared/runtime.ts";
import type { Repo } from "./context.ts";
import type { Pair } from "./handed-out.ts";
import { nothing, redirect, sendFile } from "./send-file.ts";

/** How often a client waits for others of its look. */
const turns = 3;

/** Answers with a database, or with the signature that fits the database that the client has. */
export const sendPaired = async (
  context: Repo,
  request: Request,
  file: string,
  database: string,
  peer: Peer,
) => {
  const { handedOut } = context;
  const client = lookOf(request, peer);
  const isGet = request.method === "GET";
  if (file !== database) {
    const held = isGet ? handedOut.sign(client, database) : handedOut.find(client, database);
    const signature = held ? held.signature : (await context.view()).files.get(file);
    return signature ? sendFile(context, request, file, signature) : nothing(404);
  }
  // What goes on with a download that was cut takes the rest of the same bytes.
  const begun = request.headers.has("range") ? handedOut.find(client, database) : undefined;
  if (begun) return sendFile(context, request, database, begun.database);

  const isPacman = request.headers.get("user-agent")?.startsWith("pacman/");
  let pair = await currentPair(context, database);
  for (let turn = 0; pair && isGet && !isPacman && turn < turns; turn++) {
    if (!(await handedOut.turn(client, database, pair.number))) break;
    pair = await currentPair(context, database);
  }
  if (!pair) return nothing(404);
  // libalpm asks for the signature at the address that the database came from in the end (dload.c), so this pair needs
  // no memory. The address is relative: a proxy may have put the repository under a path of its own.
  // The note serves a proxy as well that follows the redirect itself, and passes on the request for the signature.
  if (isGet) handedOut.give(client, database, pair);
  return isPacman
    ? redirect(`generation/${pair.number}/${encodeURIComponent(file)}`)
    : sendFile(context, request, database, pair.database);
};

const currentPair = async ({ view }: Repo, name: string): Promise<Pair | undefined> => {
  const { number, files: current } = await view();
  const database = current.get(name);
  return database && { number, database, signature: current.get(`${name}.sig`) };
};

/** All that distinguishes clients. It grants no rights, so a client may forge it. */
const lookOf = ({ headers }: Request, peer: Peer) =>
  [peer(), headers.get("x-forwarded-for"), headers.get("user-agent")].join(" ");
