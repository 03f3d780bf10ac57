import { seconds } from "#shared/time.ts";
import type { World } from "./world.ts";

/**
 * Milliseconds for one answer, and before each repeat. An order that finds the server's database locked for a minute
 * is answered: each of its tries takes the server 10 s.
 */
const patience = { answer: seconds(30), repeats: [seconds(5), seconds(10), seconds(20)] };

/** Of a server, or a proxy before it, that does not know whether the order is carried out. */
const unknownOutcome = [502, 503, 504];

export type OrderTerms = {
  /** The order's id. Absent: a new one. */
  readonly key?: string;
  /** Milliseconds for one answer. */
  readonly answer?: number;
  /** Shows that the order is sent again. */
  readonly say?: (text: string) => void;
};

/**
 * Sends an order with a new `Idempotency-Key`. An order without an answer may be carried out all the same: it is sent
 * again with the same key, so that the server carries it out at most once, and answers.
 */
export const fetchOrder =
  (
    { fetch, messages, newId, sleep }: World,
    {
      key = newId(),
      answer = patience.answer,
      say = (text) => messages.write(`${text}\n`),
    }: OrderTerms = {},
  ): World["fetch"] =>
  async (url, init) => {
    const headers = new Headers(init?.headers);
    headers.set("idempotency-key", key);
    const send = () => fetch(url, { ...init, headers, signal: AbortSignal.timeout(answer) });
    for (const [attempt, pause] of patience.repeats.entries()) {
      try {
        const response = await send();
        if (!unknownOutcome.includes(response.status)) return response;
        await response.body?.cancel();
      } catch (error) {
        if (attempt === 0 && isUnsent(error)) throw error;
      }
      say(`no answer to the order yet; it is sent again in ${pause / seconds(1)} s`);
      await sleep(pause);
    }
    return send();
  };

/** Codes of Node and of Bun for a server that the request never reached. */
const unsent = [
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ConnectionRefused",
  "FailedToOpenSocket",
];

const isUnsent = (error: unknown): boolean =>
  error instanceof Error &&
  (("code" in error && unsent.includes(String(error.code))) || isUnsent(error.cause));
