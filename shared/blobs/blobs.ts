import type { BlobReference } from "#shared/model.ts";

export type Range = { readonly start: number; readonly end: number };

/** Files kept under the sha256 of their content. A blob never changes; saying one twice keeps one. */
export type Blobs = {
  /** Streams it in. With `expected`, content of another hash is `Fault` invalid and is not kept. */
  put(content: AsyncIterable<Uint8Array> | Uint8Array, expected?: string): Promise<BlobReference>;
  /** Whole and checked: `Fault` missing where there is none, `invalid` where its bytes are not its hash's. */
  bytes(sha256: string): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Streams it out, and fails at its end where its bytes are not its hash's. A `range`, in bytes with `end` excluded, is
   * of what lies in the store, unchecked.
   */
  read(sha256: string, range?: Range): Promise<ReadableStream<Uint8Array>>;
  has(sha256: string): Promise<boolean>;
  /**
   * A read-only file on this host with the content, checked at its first use and whenever it was touched since.
   * Open or link it at once: one that is not asked for in ten minutes may go away.
   */
  file(sha256: string): Promise<{ readonly path: string; readonly bytes: number }>;
  /** Where `file` has that file once it was asked for; nobody looked whether it is there, or whole. */
  placeOf(sha256: string): string;
  /** Resolves when blobs can be kept, as of half a second ago; `Fault` unavailable says why not. */
  ping(): Promise<void>;
};
