/**
 * Where a vault's bytes lie. The contract (one conformance suite, `tests/vault/store-conformance.ts`, holds every
 * backend to it):
 *
 * 1. A path is relative, of segments `[A-Za-z0-9._-]+` joined by `/`; anything else is refused before any I/O
 *    (`..`, empty segments, leading dots, absolute paths, names over 255 bytes).
 * 2. `put` makes an object visible whole or not at all, and durable before it returns: a reader never sees a part,
 *    a crash leaves at most temporary files that `list` does not show.
 * 3. `put` never overwrites: an existing path answers 'exists' and its bytes stay as they were.
 * 4. `put` verifies what it wrote: length at least. A failed fsync is never retried on the same bytes.
 * 5. `get` of a missing path throws LifeboatError('object-missing'); so does a `get` that loses its object half-way.
 *    A chunk is the receiver's, the memory under it included.
 * 6. `list` yields each object under a prefix exactly once, in ascending path order.
 * 7. `delete` of a missing path is not an error.
 * 8. `now` is the store's own clock (file system or server), for margins that must not depend on this host's.
 * 9. Links are never followed out of the store's root.
 */
export interface Store {
  /** For people: `/path/to/vault` or `s3://bucket/prefix`; no secrets. */
  readonly location: string;
  put(path: string, body: Body): Promise<'created' | 'exists'>;
  get(path: string): AsyncIterable<Buffer>;
  head(path: string): Promise<ObjectInfo | null>;
  list(prefix: string): AsyncIterable<ObjectInfo>;
  delete(path: string): Promise<void>;
  now(): Promise<Date>;
}

export interface ObjectInfo {
  path: string;
  size: number;
  modified: Date;
}

/** Bytes that can be read more than once (a retry, a read-back). */
export interface Body {
  readonly size: number;
  open(): AsyncIterable<Buffer> | Iterable<Buffer>;
}
