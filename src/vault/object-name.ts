import { createHmac } from 'node:crypto';

const hexName = /^[0-9a-f]{64}$/;

/** `objects/ab/abcdef…`. The name must have passed `isObjectName`. */
export function objectPath(name: string): string {
  return `objects/${name.slice(0, 2)}/${name}`;
}

export function isObjectName(text: string): boolean {
  return hexName.test(text);
}

/**
 * The keyed name of a content, a piece at a time: HMAC-SHA256(name key, kind ‖ 0x00 ‖ shape hash ‖ plain bytes ‖
 * u64be rows ‖ u64be length). The counts stand last so that it streams.
 */
export class ObjectNamer {
  readonly #hmac;
  #length = 0;

  constructor(nameKey: Buffer, kind: string, shapeHash: Buffer) {
    if (shapeHash.length !== 32) throw new RangeError('a shape hash has 32 bytes');
    this.#hmac = createHmac('sha256', nameKey).update(kind, 'latin1').update(Buffer.alloc(1)).update(shapeHash);
  }

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  update(chunk: Uint8Array): void {
    this.#hmac.update(chunk);
    this.#length += chunk.length;
  }

  /** The name, 64 hex digits. May be asked once. */
  name(rows: number, length: number = this.#length): string {
    const counts = Buffer.alloc(16);
    counts.writeBigUInt64BE(BigInt(rows), 0);
    counts.writeBigUInt64BE(BigInt(length), 8);
    return this.#hmac.update(counts).digest('hex');
  }
}
