import * as v from "valibot";
import { Fault, type FaultKind } from "#shared/fault.ts";
import { fetchOrder, type OrderTerms } from "./fetch-order.ts";
import { printableJson } from "./printable.ts";
import type { Settings } from "./settings.ts";
import type { World } from "./world.ts";

/** An answer as it came, but printable, and as the API's schema has it. */
export type Answer<T> = { readonly text: string; readonly value: T };

export type Server = {
  readonly url: string;
  get<S extends v.GenericSchema>(path: string, schema: S): Promise<Answer<v.InferOutput<S>>>;
  /** Posts JSON by `fetchOrder`. The schema of an empty answer is that of `undefined`. */
  order<S extends v.GenericSchema>(
    path: string,
    body: object,
    schema: S,
    terms?: OrderTerms,
  ): Promise<Answer<v.InferOutput<S>>>;
  /** The services that cannot work, with the reasons; none where the server does not say. */
  problems(): Promise<Readonly<Record<string, string>>>;
  /** The body as it comes. */
  bytes(path: string): Promise<ReadableStream<Uint8Array>>;
  delete(path: string): Promise<void>;
  /** Live events, until the signal. */
  events(path: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
};

/** Talks to a server; what it refuses is a fault with its own words. */
export const connectServer = (world: World, { url, secret }: Settings): Server => {
  const request = async (path: string, init: RequestInit = {}, fetch = world.fetch) => {
    const headers = new Headers(init.headers);
    if (secret !== undefined) headers.set("authorization", secret);
    const response = await fetch(url + path, { ...init, headers }).catch((error: unknown) => {
      const message = `cannot reach ${url}: ${reasonOf(error)}; is kiln running there? --server or KILN_URL names another`;
      throw new Fault("unavailable", message, { cause: error });
    });
    if (!response.ok) throw await refusalOf(url, path, response);
    return response;
  };
  const posted = (body: object): RequestInit => ({
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });
  const parse = async <S extends v.GenericSchema>(response: Response, schema: S) => {
    const text = await response.text();
    const parsed = v.safeParse(schema, valueIn(text));
    if (parsed.success) return { text: printableJson(text), value: parsed.output };
    throw new Fault(
      "unavailable",
      `${url} answers as no build server does: ${parsed.issues[0].message}`,
    );
  };
  return {
    url,
    get: async (path, schema) => parse(await request(path), schema),
    order: async (path, body, schema, terms) =>
      parse(await request(path, posted(body), fetchOrder(world, terms)), schema),
    async problems() {
      const found = await world.fetch(`${url}/readyz`).then(
        (response) => response.text(),
        () => "",
      );
      const readiness = v.safeParse(Readiness, valueIn(found));
      return readiness.success ? readiness.output.problems : {};
    },
    async bytes(path) {
      const { body } = await request(path);
      if (!body) throw new Fault("unavailable", `${url} sends nothing`);
      return body;
    },
    delete: async (path) => void (await request(path, { method: "DELETE" })),
    async events(path, signal) {
      const headers = { accept: "text/event-stream" };
      const { body } = await request(path, { headers, signal });
      if (!body) throw new Fault("unavailable", `${url} sends no events`);
      return body;
    },
  };
};

export const pathOf = (name: string, ...rest: readonly string[]) =>
  `/package/${[name, ...rest].map(encodeURIComponent).join("/")}`;

/** As `pathOf`, of the routes that are kiln's own. */
export const ownPathOf = (name: string, ...rest: readonly string[]) =>
  `/packages/${[name, ...rest].map(encodeURIComponent).join("/")}`;

/** For what may be absent. */
export const ifMissing = (error: unknown) => {
  if (error instanceof Fault && error.kind === "missing") return undefined;
  throw error;
};

const valueIn = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const refusalOf = async (url: string, path: string, response: Response) => {
  const text = (await response.text()).trim();
  const isProblem = response.headers.get("content-type")?.startsWith("application/problem+json");
  const problem = v.safeParse(Problem, isProblem ? valueIn(text) : undefined);
  const said = problem.success ? problem.output.detail : text;
  const message = said === "" ? `${url} has no ${path} (${response.status})` : said;
  if (problem.success && problem.output.sources) return new NoSource("missing", message);
  return new Fault(kindOf(response.status), message);
};

/** What `/readyz` answers while a service cannot work; serene has no such path. */
const Readiness = v.object({ problems: v.record(v.string(), v.string()) });

/** A package has no such source: others of it may be there. */
export class NoSource extends Fault {}

/** Source: RFC 9457. `sources`: the ids of those that a package has, where one was asked for that is not there. */
const Problem = v.object({ detail: v.string(), sources: v.optional(v.array(v.string())) });

const kindOf = (status: number): FaultKind => {
  if (status === 401) return "unauthenticated";
  if (status === 403) return "forbidden";
  if (status === 404 || status === 410) return "missing";
  return status < 500 ? "conflict" : "unavailable";
};

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
};
