import { readFile, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Fault } from "#shared/fault.ts";
import { deadline, type Pause } from "#shared/pause.ts";
import { seconds } from "#shared/time.ts";

export type Download = { readonly content: Uint8Array; readonly lastModified: string | null };

export type Mirror = {
  urlOf(repository: string): string;
  /** The database at the URL, or undefined where it has not changed since. Times are as HTTP writes them. */
  download(url: string, since: string | null): Promise<Download | undefined>;
};

export type Options = {
  /** A URL that holds `{repo}` and `{arch}`. */
  readonly pattern: string;
  readonly arch: string;
  /** Ends downloads under way. */
  readonly signal: AbortSignal;
  readonly pause: Pause;
};

/** Databases of official repositories. */
export const connectMirror = ({ pattern, arch, signal, pause }: Options): Mirror => ({
  urlOf: (repository) =>
    `${pattern.replaceAll("{repo}", repository).replaceAll("{arch}", arch).replace(/\/+$/, "")}/${repository}.db`,

  async download(url, since) {
    try {
      return url.startsWith("file:")
        ? await readIfNew(url, since)
        : await getIfNew(url, since, { signal, pause });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Fault("unavailable", `cannot read ${url}: ${why}`, { cause: error });
    }
  },
});

/** Milliseconds for a mirror to say something, and for a database of some 10 MB. */
const patience = { answer: seconds(10), content: seconds(60) };

const getIfNew = async (
  url: string,
  since: string | null,
  { signal: stopping, pause }: Pick<Options, "signal" | "pause">,
) => {
  const stop = new AbortController();
  const limited = async <T>(milliseconds: number, what: Promise<T>) => {
    const message = `no end within ${milliseconds / 1_000} s`;
    using _ = deadline(pause, milliseconds, { stop, message });
    return await what;
  };
  const headers = since === null ? {} : { "if-modified-since": since };
  const signal = AbortSignal.any([stop.signal, stopping]);
  const response = await limited(patience.answer, fetch(url, { headers, signal }));
  if (response.status === 304) return undefined;
  if (!response.ok) throw new Error(`it answered ${response.status} ${response.statusText}`);
  const content = await limited(patience.content, response.bytes());
  return { content, lastModified: response.headers.get("last-modified") };
};

/** A file's time is finer than HTTP's. */
const readIfNew = async (url: string, since: string | null) => {
  const path = fileURLToPath(url);
  const lastModified = String((await stat(path, { bigint: true })).mtimeNs);
  if (lastModified === since) return undefined;
  return { content: await readFile(path), lastModified };
};
