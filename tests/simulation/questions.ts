import * as v from "valibot";
import type { Question } from "#shared/bus/declare.ts";
import { Fault } from "#shared/fault.ts";
import { seconds } from "#shared/time.ts";
import { type Kernel, type Process, unlessDead } from "./kernel.ts";
import type { Random } from "./random.ts";

type Handle = (request: unknown) => Promise<unknown>;

type Answerer = { readonly process: Process; readonly handle: Handle };

/** How a reply travels; a bug stays with the process that has it. */
type Reply =
  | { readonly kind: "answer"; readonly answer: unknown }
  | { readonly kind: "fault"; readonly fault: Fault }
  | { readonly kind: "bug"; readonly error: unknown };

/** Questions as core NATS carries them: to one of those that answer, and nothing of them is kept. */
export type Questions = {
  ask(process: Process, question: Question, request: unknown): Promise<unknown>;
  answer(process: Process, question: Question, handle: Handle): () => void;
};

type Parts = {
  readonly kernel: Kernel;
  readonly random: Random;
  /** Whether a reply gets lost: its asker does not know whether the question was acted upon. */
  losesReply(): boolean;
  untilUp(): Promise<void>;
  /** Takes the error of a handler that is no `Fault`. */
  bug(process: Process, subject: string, error: unknown): void;
};

export const openQuestions = ({ kernel, random, losesReply, untilUp, bug }: Parts): Questions => {
  const answerers = new Map<string, Answerer[]>();
  let waiting: (() => void)[] = [];
  let asked = 0;

  /** Resolves when a process answers the subject. */
  const untilAnswered = async (subject: string): Promise<Answerer> => {
    await untilUp();
    const those = answerers.get(subject) ?? [];
    if (those.length > 0) return random.pick(those);
    await new Promise<void>((resolve) => waiting.push(resolve));
    return untilAnswered(subject);
  };

  const exchange = async (
    asker: Process,
    question: Question,
    request: unknown,
    id: string,
    gone: () => void,
  ) => {
    const { subject } = question;
    const { process, handle } = await untilAnswered(subject);
    await unlessDead(asker);
    const forget = process.onDeath(gone);
    await kernel.reach(process, "question", subject, id);
    const reply = await replyOf(question, request, handle);
    if (reply.kind === "bug") bug(process, subject, reply.error);
    await kernel.reach(process, "answer", subject, id);
    await untilUp();
    await unlessDead(process);
    if (losesReply()) return await new Promise<never>(() => {});
    forget();
    return reply;
  };

  return {
    async ask(process, question, request) {
      const { subject, timeout } = question;
      const id = `${process.name}-${++asked}`;
      const sent = JSON.stringify(v.parse(question.request, request));
      await kernel.reach(process, "ask", subject, id);
      const outcome = Promise.withResolvers<Reply>();
      const refuse = (message: string) =>
        outcome.resolve({ kind: "fault", fault: new Fault("unavailable", message) });
      const late = kernel.clock.after(timeout, () =>
        refuse(`nobody answered ${subject} within ${timeout / seconds(1)} s`),
      );
      // An answerer is missed after two looks at least, a second apart, and after ten at most.
      const gone = () =>
        void kernel.clock.after(seconds(random.between(2, 10)), () =>
          refuse(`the process that was to answer ${subject} went away; ask again`),
        );
      void exchange(process, question, JSON.parse(sent), id, gone).then(outcome.resolve);
      const reply = await outcome.promise;
      late();
      await kernel.reach(process, "reply", subject, id);
      if (reply.kind === "fault") throw reply.fault;
      if (reply.kind === "bug") throw new Error(`${subject} failed; its answerer's log says why`);
      return v.parse(question.answer, reply.answer);
    },
    answer(process, { subject }, handle) {
      const answerer = { process, handle };
      answerers.set(subject, [...(answerers.get(subject) ?? []), answerer]);
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
      const stop = () => {
        forget();
        answerers.set(
          subject,
          (answerers.get(subject) ?? []).filter((it) => it !== answerer),
        );
      };
      const forget = process.onDeath(stop);
      return stop;
    },
  };
};

const replyOf = async (question: Question, request: unknown, handle: Handle): Promise<Reply> => {
  try {
    const parsed = v.safeParse(question.request, request);
    if (!parsed.success)
      throw new Fault("invalid", `${question.subject}: ${v.summarize(parsed.issues)}`);
    const answer = v.parse(question.answer, await handle(parsed.output));
    return { kind: "answer", answer: JSON.parse(JSON.stringify(answer)) };
  } catch (error) {
    if (error instanceof Fault) return { kind: "fault", fault: error };
    return { kind: "bug", error };
  }
};
