import { Fault } from "#shared/fault.ts";
import { KeyList } from "#shared/recipe-views.ts";
import { exitCodes } from "../exit-code.ts";
import { oneLine, printable } from "../printable.ts";
import type { Session } from "../session.ts";
import { formatTable } from "../table.ts";
import { ago } from "../times.ts";

export type ImportOptions = { readonly any?: boolean; readonly json?: boolean };

/** Gives the server public keys: of a file, of the input, or of the user's own gpg by their fingerprint. */
export const importKey = async (
  { server, world }: Session,
  from: string,
  { any = false, json = false }: ImportOptions,
) => {
  const key = from === "-" ? await world.readInput() : await readKey(world, from);
  const { text, value } = await server.order("/keys", { key, any }, KeyList);
  const lines = value.map(({ fingerprint, users }) => `imported ${fingerprint}${named(users)}\n`);
  world.output.write(json ? `${text}\n` : lines.join(""));
  return exitCodes.done;
};

/** Lists the public keys that the server was given. */
export const listKeys = async ({ server, world, colours }: Session, { json = false }) => {
  const { text, value } = await server.get("/keys", KeyList);
  if (json) {
    world.output.write(`${text}\n`);
    return exitCodes.done;
  }
  const head = ["FINGERPRINT", "ADDED", "USER"].map((text) => ({ text, paint: colours.dim }));
  const rows = value.map(({ fingerprint, users, added }) => [
    { text: fingerprint },
    { text: ago(added, world.now()) },
    { text: printable(users[0] ?? "-") },
  ]);
  world.output.write(value.length > 0 ? formatTable([head, ...rows]) : "no key was given\n");
  return exitCodes.done;
};

/** Takes public keys away from the server, one after the other. */
export const removeKeys = async ({ server, world }: Session, fingerprints: readonly string[]) => {
  for (const fingerprint of fingerprints) {
    await server.delete(`/keys/${encodeURIComponent(fingerprint)}`);
    world.output.write(`removed ${printable(fingerprint)}\n`);
  }
  return exitCodes.done;
};

const isFingerprint = /^(0x)?([0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})$/;

const readKey = async (world: Session["world"], from: string) => {
  const [, , fingerprint] = isFingerprint.exec(from) ?? [];
  const key =
    fingerprint === undefined ? await world.readFile(from) : await world.exportKey(fingerprint);
  if (key !== undefined && key !== "") return key;
  throw new Fault(
    "invalid",
    fingerprint === undefined
      ? `there is no file ${from}, expected a file with a key, its fingerprint, or - for the input`
      : `gpg here has no key ${fingerprint}: gpg --recv-keys ${fingerprint} fetches it`,
  );
};

const named = (users: readonly string[]) =>
  users[0] === undefined ? "" : `, ${oneLine(printable(users[0]))}`;
