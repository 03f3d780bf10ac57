import type * as v from "valibot";
import type { Question } from "#shared/bus/declare.ts";
import { Fault } from "#shared/fault.ts";
import { deadline } from "#shared/pause.ts";
import { seconds } from "#shared/time.ts";
import type { Resolver } from "./context.ts";

/** How long another builder is looked for where one cannot do it, and within what time one is missed that went away. */
const patience = { refused: seconds(5), left: seconds(20) };

/** Asks any builder: one that has no engine, or goes away meanwhile, is not the only one. */
export const askBuilders = async <R extends v.GenericSchema, A extends v.GenericSchema>(
  { ask, pause }: Pick<Resolver, "ask" | "pause">,
  question: Question<R, A>,
  request: v.InferInput<R>,
): Promise<v.InferOutput<A>> => {
  using refused = deadline(pause, patience.refused);
  using left = deadline(pause, patience.left);
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask(question, request);
    } catch (error) {
      const isOver = (attempt === 1 ? left : refused).signal.aborted;
      if (isOver || !(error instanceof Fault) || error.kind !== "unavailable") throw error;
      await pause(50);
    }
  }
};
