import type { BlobReference } from "#shared/model.ts";

export type Range = { readonly start: number; readonly end: number };

export type ListedBlob = BlobReference & {
  /** When the blob was last put, to within `renewAfter` of `grace.ts`; by the store's clock. */
  readonly putAt: number;
};

/** Files kept under the sha256 of their content. A blob never changes; putting one twice keeps one. */
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
  /** Every blob of the store, in no order. One that is put or deleted meanwhile may be among them or not. */
  list(): AsyncIterable<ListedBlob>;
  /**
   * Deletes a blob unless it was put at `putBefore` or later, and says whether it did. The store looks at the blob's time
   * right before; only S3 may lose a blob that is put in the milliseconds between.
   */
  delete(sha256: string, putBefore: number): Promise<boolean>;
  /** Resolves when blobs can be kept, as of half a second ago; `Fault` unavailable says why not. */
  ping(): Promise<void>;
};
