import { AwsV4Signer } from "aws4fetch";
import { Fault } from "#shared/fault.ts";
import { deadline, pause } from "#shared/pause.ts";
import { minutes, seconds } from "#shared/time.ts";
import { sha256Of } from "./checking.ts";
import { parseRefusal, type Refusal, refusalFault } from "./s3-refusal.ts";
import type { S3Place } from "./s3-url.ts";

export type Credentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
};

export type Ask = {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  /** Without the place's prefix; absent: the bucket itself. */
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
  /** Milliseconds for an answer to begin, where that is not to be long. */
  readonly patience?: number;
};

export type Answer = {
  readonly headers: Headers;
  text(): Promise<string>;
  /** Ends with `Fault` unavailable where not all of it comes. */
  content(): AsyncGenerator<Uint8Array>;
};

export type S3 = {
  /**
   * Undefined: there is no such object, or none of it in the range. All else that is not what was asked for is
   * `Fault` unavailable; what may pass is tried again after each of `pauses`, in milliseconds.
   */
  ask(what: Ask, pauses?: readonly number[]): Promise<Answer | undefined>;
};

type Outcome =
  | { readonly kind: "answered"; readonly answer: Answer | undefined }
  | { readonly kind: "failed"; readonly fault: Fault; readonly mayPass: boolean };

/** Milliseconds for an answer to begin, for what is sent to be taken, and for the next piece of what comes. */
const patience = { answer: seconds(30), sent: minutes(5), piece: minutes(1) };

/** One bucket, by web APIs only. */
export const connectS3 = (place: S3Place, credentials: Credentials): S3 => {
  const name = `the bucket ${place.bucket} at ${place.endpoint}`;
  const signingKeys = new Map<string, ArrayBuffer>();
  const unreachable = (cause: unknown) =>
    new Fault("unavailable", `${name} does not answer: ${describe(cause)}`, { cause });

  const send = async (what: Ask, signal: AbortSignal) => {
    const { method, body = null } = what;
    const { url, headers } = await new AwsV4Signer({
      ...{ ...credentials, method, service: "s3", region: place.region, cache: signingKeys },
      url: addressOf(place, what),
      headers: { ...what.headers, "x-amz-content-sha256": sha256Of(body ?? new Uint8Array()) },
    }).sign();
    return fetch(url, { method, headers, body, signal, redirect: "manual" });
  };

  const tryOnce = async (what: Ask): Promise<Outcome> => {
    const stop = new AbortController();
    const longest = what.patience ?? (what.body ? patience.sent : patience.answer);
    const response = await limited(longest, stop, () => send(what, stop.signal)).catch(unreachable);
    if (response instanceof Fault)
      return { kind: "failed", fault: response, mayPass: !stop.signal.aborted };
    const { ok, status } = response;
    if (ok) return { kind: "answered", answer: answerOf(response, stop, unreachable) };
    const body = await limited(patience.piece, stop, () => response.text()).catch(() => "");
    const refusal = parseRefusal(body);
    if (status === 416 || isMissing(what, status, refusal))
      return { kind: "answered", answer: undefined };
    const mayPass = status >= 500 || status === 429;
    return { kind: "failed", fault: refusalFault(name, status, refusal), mayPass };
  };

  const ask: S3["ask"] = async (what, pauses = [200, 1_000]) => {
    const outcome = await tryOnce(what);
    if (outcome.kind === "answered") return outcome.answer;
    const [before, ...rest] = pauses;
    if (!outcome.mayPass || before === undefined) throw outcome.fault;
    await pause(before);
    return ask(what, rest);
  };
  return { ask };
};

/** Aborts `stop` when `act` takes longer than so many milliseconds. */
const limited = async <T>(longest: number, stop: AbortController, act: () => Promise<T>) => {
  using _ = deadline(pause, longest, {
    stop,
    message: `nothing happened for ${longest / 1_000} s`,
  });
  return await act();
};

/** The answer to a HEAD does not say what is missing. */
const isMissing = ({ method, key }: Ask, status: number, { code }: Refusal) =>
  status === 404 && key !== undefined && (method === "HEAD" || code === "NoSuchKey");

const addressOf = ({ endpoint, bucket, prefix }: S3Place, { key, query = {} }: Ask) => {
  const url = new URL(`${endpoint}/${bucket}${key === undefined ? "" : `/${prefix}${key}`}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
};

const answerOf = (
  response: Response,
  stop: AbortController,
  unreachable: (cause: unknown) => Fault,
): Answer => ({
  headers: response.headers,
  text: () =>
    limited(patience.piece, stop, () => response.text()).catch((error: unknown) =>
      Promise.reject(unreachable(error)),
    ),
  async *content() {
    const { body } = response;
    const expected = Number(response.headers.get("content-length"));
    let bytes = 0;
    try {
      const reader = body?.getReader();
      while (reader) {
        const { done, value } = await limited(patience.piece, stop, () => reader.read());
        if (done) break;
        bytes += value.byteLength;
        yield value;
      }
      if (bytes !== expected) throw new Error(`${bytes} bytes came, expected ${expected}`);
    } catch (cause) {
      throw unreachable(cause);
    } finally {
      stop.abort();
    }
  },
});

/** Runtimes put the reason into the error, its code or its cause. */
const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message ? error.cause.message : error.message;
};
