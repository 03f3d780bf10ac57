import { Fault } from "#shared/fault.ts";
import { RecipeInfo } from "#shared/recipe-views.ts";
import { ownPathOf } from "../connect.ts";
import { exitCodes } from "../exit-code.ts";
import { formatChanges } from "../format-recipe.ts";
import { oneLine, printable } from "../printable.ts";
import type { Session } from "../session.ts";

export type DiffOptions = { readonly json?: boolean };

/** Shows what one state of a package's recipe changes of another: of what is published, what is built next. */
export const diff = async (
  session: Session,
  base: string,
  [from, to = "next"]: readonly [from?: string | undefined, to?: string | undefined],
  { json = false }: DiffOptions,
) => {
  const { server, world, colours } = session;
  const fetch = (query: Readonly<Record<string, string>>) =>
    server.get(`${ownPathOf(base, "recipe")}?${new URLSearchParams(query)}`, RecipeInfo);
  const { text, value } = await fetch({ of: to, against: from ?? "published" }).catch((error) => {
    if (from !== undefined || !(error instanceof Fault) || error.kind !== "missing") throw error;
    world.messages.write(`${oneLine(error.message)}; this is the whole recipe\n`);
    return fetch({ of: to });
  });
  if (json) world.output.write(`${text}\n`);
  else {
    const changes = formatChanges(value.files, colours, world.output.isTerminal ? clean : asIs);
    world.output.write(changes);
    if (changes === "") world.messages.write(`the recipe of ${printable(base)} is the same\n`);
  }
  return exitCodes.done;
};

const clean = (line: string) => line.split("\t").map(printable).join("\t");

const asIs = (line: string) => line;
