import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';
import { AgeFailure } from './age-failure.ts';
import { checkHeaderMac, parseHeader, payloadKey, unwrapFileKey, writeHeader } from './age-header.ts';
import { joinAndFree } from './free-memory.ts';

const chunkSize = 64 * 1024;
const tagSize = 16;
const nonceSize = 16;

/** The counter of STREAM: 11 bytes big-endian, then 1 in the last chunk and 0 before. */
function streamNonce(counter: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(counter, 5, 6);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

/** Writes an age v1 file for one X25519 recipient, a buffer at a time; holds less than one 64 KiB chunk. */
export class AgeSealer {
  /** Opens this one file again (the self-check of a host that cannot read the vault). */
  readonly fileKey: Buffer;
  readonly #key: Buffer;
  #opening: Buffer[];
  #held: Buffer = Buffer.alloc(0);
  #counter = 0;

  constructor(recipient: KeyObject) {
    const { header, fileKey } = writeHeader(recipient);
    const nonce = randomBytes(nonceSize);
    this.fileKey = fileKey;
    this.#key = payloadKey(fileKey, nonce);
    this.#opening = [header, nonce];
  }

  update(plain: Buffer): Buffer {
    const out = this.#opening;
    this.#opening = [];
    const input = this.#held.length === 0 ? plain : Buffer.concat([this.#held, plain]);
    let at = 0;
    // A full chunk stays held: whether it is the last one shows only when more comes.
    for (; input.length - at > chunkSize; at += chunkSize) this.#seal(input.subarray(at, at + chunkSize), false, out);
    this.#held = Buffer.from(input.subarray(at));
    return joinAndFree(out);
  }

  finish(): Buffer {
    const out = this.#opening;
    this.#seal(this.#held, true, out);
    return joinAndFree(out);
  }

  #seal(plain: Buffer, last: boolean, out: Buffer[]): void {
    const cipher = createCipheriv('chacha20-poly1305', this.#key, streamNonce(this.#counter++, last), { authTagLength: tagSize });
    out.push(cipher.update(plain));
    cipher.final();
    out.push(cipher.getAuthTag());
  }
}

/**
 * Reads an age v1 file, a buffer at a time. What `update` returns is authentic; that nothing is missing shows only in
 * `finish`. @throws AgeFailure
 */
export class AgeOpener {
  readonly #with: { identity: KeyObject } | { fileKey: Buffer };
  #key: Buffer | null = null;
  #held: Buffer = Buffer.alloc(0);
  #counter = 0;

  constructor(openWith: { identity: KeyObject } | { fileKey: Buffer }) {
    this.#with = openWith;
  }

  update(sealed: Buffer): Buffer {
    let input = this.#held.length === 0 ? sealed : Buffer.concat([this.#held, sealed]);
    if (this.#key === null) {
      const length = this.#start(input);
      if (length === null) {
        this.#held = Buffer.from(input);
        return Buffer.alloc(0);
      }
      input = input.subarray(length);
    }
    const out: Buffer[] = [];
    let at = 0;
    for (; input.length - at > chunkSize + tagSize; at += chunkSize + tagSize)
      out.push(this.#open(input.subarray(at, at + chunkSize + tagSize), false));
    this.#held = Buffer.from(input.subarray(at));
    return joinAndFree(out);
  }

  finish(): Buffer {
    if (this.#key === null) throw new AgeFailure('header', 'ends too early');
    const plain = this.#open(this.#held, true);
    if (plain.length === 0 && this.#counter > 1) throw new AgeFailure('payload', 'an empty last chunk');
    return plain;
  }

  /** Header and nonce, once they are all there: their length. */
  #start(input: Buffer): number | null {
    const header = parseHeader(input);
    if (header === null) return null;
    const fileKey = 'identity' in this.#with ? unwrapFileKey(header, this.#with.identity) : this.#with.fileKey;
    checkHeaderMac(header, fileKey);
    if (input.length < header.length + nonceSize) return null;
    this.#key = payloadKey(fileKey, input.subarray(header.length, header.length + nonceSize));
    return header.length + nonceSize;
  }

  #open(sealed: Buffer, last: boolean): Buffer {
    if (this.#key === null || sealed.length < tagSize) throw new AgeFailure('payload', 'a chunk without its tag');
    const decipher = createDecipheriv('chacha20-poly1305', this.#key, streamNonce(this.#counter++, last), { authTagLength: tagSize });
    decipher.setAuthTag(sealed.subarray(-tagSize));
    const plain = decipher.update(sealed.subarray(0, -tagSize));
    try {
      decipher.final();
    } catch {
      throw new AgeFailure('payload', `chunk ${this.#counter - 1} is altered or misplaced`);
    }
    return plain;
  }
}
