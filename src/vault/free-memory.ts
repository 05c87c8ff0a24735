/**
 * Gives a buffer's memory back at once. V8 would do it when it collects, and it collects late: what lies outside of its
 * heap hardly counts for it. The buffer, and every other view of its memory, is empty afterwards.
 */
export function freeMemory(bytes: Uint8Array): void {
  // Small buffers share a pool with others.
  if (bytes.buffer instanceof ArrayBuffer && bytes.buffer.byteLength > 2 * Buffer.poolSize) bytes.buffer.transfer(0);
}

/** Joins parts that nobody else uses, and gives their memory back. */
export function joinAndFree(parts: readonly Buffer[]): Buffer {
  if (parts.length === 1 && parts[0]) return parts[0];
  const joined = Buffer.allocUnsafeSlow(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    at += part.copy(joined, at);
    freeMemory(part);
  }
  return joined;
}
