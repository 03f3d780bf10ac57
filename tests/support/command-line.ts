import { runProgram } from "../../cli/run-program.ts";
import { unpackInto } from "../../cli/unpack.ts";
import type { World } from "../../cli/world.ts";

export type Request = {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly secret: string | null;
  /** Its `Idempotency-Key`. */
  readonly key: string | null;
};

/** What a fake server answers to `METHOD /path`; a list is answered from, one after the other, the last for good. */
export type Answers = Readonly<Record<string, Answering | readonly Answering[]>>;

type Answering = unknown | (() => Response);

type Options = {
  readonly answers?: Answers;
  readonly files?: Readonly<Record<string, string>>;
  /** What gpg has, by fingerprint. */
  readonly keyring?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** What is typed when a command asks for a secret. */
  readonly typed?: string;
  readonly isTerminal?: boolean;
  readonly fetch?: World["fetch"];
  /** Is given what Ctrl-C does. */
  readonly interrupt?: (act: () => void) => void;
};

export const refuse = (status: number, text: string) => () => new Response(text, { status });

/** A stream of server-sent events that stays open, unless it is to break off. */
export const events =
  (frames: readonly (readonly [event: string, data: unknown])[], ends = false) =>
  () => {
    const text = frames
      .map(([event, data]) => `id: x\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
      .join("");
    return new Response(
      new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(new TextEncoder().encode(text));
          if (ends) controller.close();
        },
      }),
    );
  };

/** Runs a command line against a server that answers as told. */
export const runCommandLine = async (
  commandLine: readonly string[],
  {
    answers = {},
    files = {},
    keyring = {},
    environment = {},
    typed = "",
    isTerminal = false,
    interrupt,
    fetch,
  }: Options = {},
) => {
  const requests: Request[] = [];
  const asked = new Map<string, number>();
  const [output, messages]: [string[], string[]] = [[], []];
  const slept: number[] = [];
  const written = new Map(Object.entries(files));
  const answer = async (url: string, init: RequestInit = {}) => {
    const { pathname, search } = new URL(url);
    const { method = "GET" } = init;
    const route = `${method} ${pathname}${search}`;
    const body: unknown = typeof init.body === "string" ? JSON.parse(init.body) : undefined;
    const headers = new Headers(init.headers);
    const secret = headers.get("authorization");
    const key = headers.get("idempotency-key");
    requests.push({ method, path: `${pathname}${search}`, body, secret, key });
    const count = asked.get(route) ?? 0;
    asked.set(route, count + 1);
    return responseOf(answers[route], count);
  };
  const code = await runProgram(
    {
      fetch: fetch ?? answer,
      environment: { HOME: "/home/me", ...environment },
      now: () => Date.UTC(2026, 0, 1, 12),
      newId: () => crypto.randomUUID(),
      sleep: async (milliseconds) => void slept.push(milliseconds),
      onInterrupt: (act) => {
        interrupt?.(act);
        return { [Symbol.dispose]: () => {} };
      },
      readFile: async (path) => written.get(path),
      exportKey: async (fingerprint) => keyring[fingerprint],
      unpack: unpackInto,
      readInput: async () => "from the input",
      readSecret: async () => typed,
      writePrivate: async (path, text) => void written.set(path, text),
      deleteFile: async (path) => written.delete(path),
      output: { write: (text) => void output.push(text), isTerminal },
      messages: { write: (text) => void messages.push(text), isTerminal: false },
    },
    commandLine,
  );
  return {
    code,
    output: output.join(""),
    messages: messages.join(""),
    requests,
    slept,
    files: Object.fromEntries(written),
  };
};

const responseOf = (answer: Answers[string], count: number): Response => {
  if (Array.isArray(answer) && answer.some((it) => typeof it === "function"))
    return responseOf(answer[Math.min(count, answer.length - 1)], 0);
  if (typeof answer === "function") return answer();
  if (answer === undefined) return new Response("nothing is answered here", { status: 404 });
  if (answer === null) return new Response(null, { status: 200 });
  return new Response(JSON.stringify(answer));
};
