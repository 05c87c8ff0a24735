import type { Body } from './store.ts';

/** Bytes in memory as a body of `put`. */
export function bytesBody(bytes: Buffer): Body {
  return { size: bytes.length, open: () => [bytes] };
}
