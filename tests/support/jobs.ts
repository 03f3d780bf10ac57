import * as v from "valibot";
import { message, question, stream } from "#shared/bus/declare.ts";
import { minutes } from "#shared/time.ts";

const jobs = stream("JOBS", { keep: "work", maxAge: minutes(10) });
const facts = stream("FACTS", { keep: "log", maxAge: minutes(10) });

/** Work: `id` names the message, so saying one twice says it once. */
export const jobAsked = message(
  jobs,
  "job.asked.{kind}.{id}",
  v.object({ id: v.string(), kind: v.string(), text: v.optional(v.string()) }),
  {
    id: ({ id }) => id,
    key: ({ id }) => id,
  },
);

/** The same work as another version of the program says it. */
export const jobAskedOtherwise = {
  ...jobAsked,
  schema: v.looseObject({ id: v.string(), kind: v.string() }),
  id: ({ id }: { id: string }) => `otherwise-${id}`,
};

/** News. */
export const factSaid = message(
  facts,
  "fact.said.{about}",
  v.object({ about: v.string(), n: v.number() }),
  {
    id: ({ about, n }) => `${about}-${n}`,
    key: ({ about }) => about,
  },
);

export const doubled = question("number.double", {
  request: v.object({ n: v.number() }),
  answer: v.number(),
  timeout: 2_000,
});
