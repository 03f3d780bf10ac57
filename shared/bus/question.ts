import type { Msg } from "@nats-io/nats-core";
import * as v from "valibot";
import { Fault } from "#shared/fault.ts";
import { pause, unlessAborted, within } from "#shared/pause.ts";
import type { Log } from "#shared/service/log.ts";
import { seconds } from "#shared/time.ts";
import type { Ask, Bus } from "./bus.ts";
import type { Connection } from "./connection.ts";
import { isInWork, sayInWork } from "./in-work.ts";
import { isInbox } from "./permissions.ts";

/** How an answer travels. A bug stays where it is, in the answerer's log. */
const Reply = v.variant("kind", [
  v.object({ kind: v.literal("answer"), answer: v.unknown() }),
  v.object({
    kind: v.literal("fault"),
    fault: v.picklist([
      "invalid",
      "unauthenticated",
      "forbidden",
      "missing",
      "conflict",
      "unavailable",
    ]),
    message: v.string(),
  }),
  v.object({ kind: v.literal("bug") }),
]);
type Reply = v.InferOutput<typeof Reply>;

/** Asks again only where nobody was there to hear it: an answerer may still be starting. */
export const askOver =
  (connection: Connection): Ask =>
  async (question, request) => {
    const { subject, timeout } = question;
    const data = JSON.stringify(v.parse(question.request, request));
    const tooLong = excessOf(connection, data);
    if (tooLong) throw new Fault("invalid", `${subject} cannot be asked: it ${tooLong}`);
    const late = AbortSignal.timeout(timeout);
    const ask = async () => {
      while (!late.aborted) {
        await connection.connected();
        // Who asked was told that nobody answered, and may have asked somebody else.
        if (late.aborted) break;
        const reply = await askOnce(connection, subject, data, late);
        if (reply) return reply;
        await pause(100, late);
      }
      return undefined;
    };

    const reply = await unlessAborted(ask().catch(refused(subject)), late);
    if (!reply)
      throw new Fault("unavailable", `nobody answered ${subject} within ${timeout / seconds(1)} s`);
    const said = v.parse(Reply, reply.json());
    if (said.kind === "fault") throw new Fault(said.fault, said.message);
    if (said.kind === "bug") throw new Error(`${subject} failed; its answerer's log says why`);
    return v.parse(question.answer, said.answer);
  };

/** Nothing where nobody heard it: no answerer, or a server that went away before it had the question. */
const askOnce = async (
  connection: Connection,
  subject: string,
  data: string,
  late: AbortSignal,
): Promise<Msg | undefined> => {
  const { nats, newInbox } = connection;
  const inbox = newInbox();
  const heard = Promise.withResolvers<Msg | undefined>();
  const over = new AbortController();
  const subscription = nats.subscribe(inbox, {
    max: 1,
    callback: (error, msg) => {
      if (error) heard.reject(error);
      else heard.resolve(msg.headers?.code === 503 ? undefined : msg);
    },
  });
  try {
    nats.publish(subject, data, { reply: inbox });
    const unheard = nats.flush().then(
      () => heard.promise,
      () => undefined,
    );
    const left = untilLeft(connection, inbox, AbortSignal.any([over.signal, late])).then(() => {
      throw new Fault("unavailable", `who was to answer ${subject} went away; ask again`);
    });
    return await Promise.race([heard.promise, unheard, left]);
  } finally {
    over.abort();
    if (!subscription.isClosed()) subscription.unsubscribe();
  }
};

/** Milliseconds between two looks for an answerer, and looks in vain until it counts as gone. */
const look = { pace: seconds(1), vain: 10 };

/** Resolves when nobody is at work on an answer any more, or, for long, was seen to be. */
const untilLeft = async (connection: Connection, inbox: string, signal: AbortSignal) => {
  let vain = 0;
  let seen = false;
  while (!signal.aborted) {
    await pause(look.pace, signal);
    const there = await isInWork(connection, inbox).catch(() => undefined);
    seen ||= there === true;
    vain = there === false ? vain + 1 : 0;
    if (vain >= (seen ? 2 : look.vain)) return;
  }
  await new Promise<never>(() => {});
};

/** What is too long about a text; nothing if it is not. What is sent all the same never arrives. */
const excessOf = ({ nats }: Connection, text: string) => {
  const bytes = new TextEncoder().encode(text).byteLength;
  const most = nats.info?.max_payload ?? Infinity;
  return bytes > most ? `has ${bytes} bytes, nats-server takes ${most} (max_payload)` : undefined;
};

const refused = (subject: string) => (error: unknown) => {
  if (error instanceof Fault) throw error;
  const text = error instanceof Error ? error.message : String(error);
  throw new Fault("unavailable", `${subject} could not be asked: ${text}`, { cause: error });
};

/**
 * Questions of one kind that a process answers at the same time. An add holds the files of a source while it waits for its turn
 * to fetch; a caller that gets no answer can ask again.
 */
const mostUnderWay = 100;

export const answerOver =
  (connection: Connection, log: Log): Bus["answer"] =>
  async (name, question, handle) => {
    const running = new Set<Promise<void>>();
    const reply = async (msg: Msg): Promise<Reply> => {
      try {
        const request = v.safeParse(question.request, msg.json());
        if (!request.success)
          throw new Fault("invalid", `${question.subject}: ${v.summarize(request.issues)}`);
        const answer = await handle(request.output);
        return { kind: "answer", answer: v.parse(question.answer, answer) };
      } catch (error) {
        if (error instanceof Fault)
          return { kind: "fault", fault: error.kind, message: error.message };
        log.error("answer failed", { question: question.subject, error });
        return { kind: "bug" };
      }
    };
    const { nats, whileConnected } = connection;
    const tooMany = {
      kind: "fault",
      fault: "unavailable",
      message: `${mostUnderWay} questions ${question.subject} are being answered, which is the most; ask again later`,
    } satisfies Reply;
    const respond = async (msg: Msg, isFull: boolean) => {
      const { reply: to = "" } = msg;
      // It is the asker who names it, and that may be any subject.
      if (!isInbox(to))
        return log.warn("question refused: its answer would go to no inbox", {
          question: question.subject,
          to,
        });
      if (isFull) return void msg.respond(JSON.stringify(tooMany));
      using _ = sayInWork(connection, to);
      const said = JSON.stringify(await reply(msg));
      const tooLong = excessOf(connection, said);
      const message = `the answer to ${question.subject} ${tooLong}`;
      const fault = { kind: "fault", fault: "invalid", message } satisfies Reply;
      if (!nats.isClosed()) msg.respond(tooLong ? JSON.stringify(fault) : said);
    };

    const subscription = nats.subscribe(question.subject, {
      queue: name,
      callback: (error, msg) => {
        if (error) return log.error("question not heard", { question: question.subject, error });
        const answered = respond(msg, running.size >= mostUnderWay).catch((error: unknown) =>
          log.error("answer not sent", { question: question.subject, error }),
        );
        running.add(answered);
        void answered.finally(() => running.delete(answered));
      },
    });
    await within(seconds(1), nats.flush());
    return {
      async [Symbol.asyncDispose]() {
        if (!subscription.isClosed())
          await within(
            seconds(1),
            whileConnected(() => subscription.drain()),
          );
        await Promise.all(running);
      },
    };
  };
