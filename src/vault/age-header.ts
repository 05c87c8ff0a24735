import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { AgeFailure } from './age-failure.ts';
import { publicKeyFromRaw, rawPublicKey } from './key-agreement.ts';

/** A header larger than this is not one of ours, nor of anybody with fewer than some hundred recipients. */
export const headerLimit = 64 * 1024;

const versionLine = 'age-encryption.org/v1';
const wrapLabel = 'age-encryption.org/v1/X25519';
const zeroNonce = Buffer.alloc(12);

export interface Stanza {
  args: string[];
  body: Buffer;
}

export interface AgeHeader {
  stanzas: Stanza[];
  /** What the MAC covers: everything up to and including `---`. */
  covered: Buffer;
  mac: Buffer;
  /** Bytes of the whole header; the payload's nonce follows. */
  length: number;
}

/** A new age header for one X25519 recipient, and the file key that it wraps. */
export function writeHeader(recipient: KeyObject): { header: Buffer; fileKey: Buffer } {
  const fileKey = randomBytes(16);
  const ephemeral = generateKeyPairSync('x25519');
  const share = rawPublicKey(ephemeral.publicKey);
  const shared = diffieHellman({ privateKey: ephemeral.privateKey, publicKey: recipient });
  const cipher = createCipheriv('chacha20-poly1305', wrapKey(shared, share, rawPublicKey(recipient)), zeroNonce, { authTagLength: 16 });
  const body = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
  const covered = `${versionLine}\n-> X25519 ${unpadded(share)}\n${unpadded(body)}\n---`;
  return { header: Buffer.from(`${covered} ${unpadded(headerMac(fileKey, Buffer.from(covered)))}\n`), fileKey };
}

/** Parses strictly. Null while `bytes` does not hold a whole header yet. @throws AgeFailure header */
export function parseHeader(bytes: Buffer): AgeHeader | null {
  const text = bytes.subarray(0, headerLimit).toString('latin1');
  let at = 0;
  const line = (): string | null => {
    const end = text.indexOf('\n', at);
    if (end < 0) {
      if (bytes.length >= headerLimit) throw new AgeFailure('header', 'too long');
      return null;
    }
    const found = text.slice(at, end);
    at = end + 1;
    return found;
  };
  const version = line();
  // A wrong beginning shows before any line's end.
  if (!`${versionLine}\n`.startsWith(text.slice(0, versionLine.length + 1))) throw new AgeFailure('header', 'not an age v1 file');
  if (version === null) return null;
  const stanzas: Stanza[] = [];
  for (;;) {
    const start = at;
    const first = line();
    if (first === null) return null;
    if (first.startsWith('---')) {
      const mac = /^--- ([A-Za-z0-9+/]{43})$/.exec(first)?.[1];
      if (mac === undefined || stanzas.length === 0) throw new AgeFailure('header', 'malformed end');
      return { stanzas, covered: bytes.subarray(0, start + 3), mac: decodeUnpadded(mac), length: at };
    }
    const stanza = parseStanza(first, line);
    if (stanza === null) return null;
    stanzas.push(stanza);
  }
}

function parseStanza(first: string, line: () => string | null): Stanza | null {
  const args = first.split(' ');
  if (args.shift() !== '->' || args.length === 0 || !args.every((arg) => /^[\x21-\x7e]+$/.test(arg)))
    throw new AgeFailure('header', 'malformed stanza');
  const parts: Buffer[] = [];
  for (;;) {
    const next = line();
    if (next === null) return null;
    if (next.length > 64) throw new AgeFailure('header', 'long line');
    parts.push(decodeUnpadded(next));
    if (next.length < 64) return { args, body: Buffer.concat(parts) };
  }
}

/** The file key, from the stanza that this identity opens; the header is to be checked with it. @throws AgeFailure no match | header */
export function unwrapFileKey(header: AgeHeader, identity: KeyObject): Buffer {
  if (header.stanzas.length > 1 && header.stanzas.some(({ args }) => args[0] === 'scrypt'))
    throw new AgeFailure('header', 'scrypt stands alone');
  for (const { args, body } of header.stanzas) {
    if (args[0] !== 'X25519') continue;
    const share = args.length === 2 ? decodeUnpadded(args[1] ?? '') : Buffer.alloc(0);
    if (share.length !== 32 || body.length !== 32) throw new AgeFailure('header', 'malformed X25519 stanza');
    const fileKey = openStanza(share, body, identity);
    if (fileKey !== null) return fileKey;
  }
  throw new AgeFailure('no match', 'written for another recipient');
}

/** @throws AgeFailure mac */
export function checkHeaderMac(header: AgeHeader, fileKey: Buffer): void {
  if (!timingSafeEqual(headerMac(fileKey, header.covered), header.mac)) throw new AgeFailure('mac', 'the header was altered');
}

/** The payload's key for a file key and the payload's nonce. */
export function payloadKey(fileKey: Buffer, nonce: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', fileKey, nonce, 'payload', 32));
}

function openStanza(share: Buffer, body: Buffer, identity: KeyObject): Buffer | null {
  let shared: Buffer;
  try {
    shared = diffieHellman({ privateKey: identity, publicKey: publicKeyFromRaw('x25519', share) });
  } catch {
    throw new AgeFailure('header', 'a share of low order');
  }
  const decipher = createDecipheriv('chacha20-poly1305', wrapKey(shared, share, rawPublicKey(identity)), zeroNonce, { authTagLength: 16 });
  decipher.setAuthTag(body.subarray(16));
  const fileKey = decipher.update(body.subarray(0, 16));
  try {
    decipher.final();
    return fileKey;
  } catch {
    return null;
  }
}

function wrapKey(shared: Buffer, share: Buffer, recipient: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', shared, Buffer.concat([share, recipient]), wrapLabel, 32));
}

function headerMac(fileKey: Buffer, covered: Buffer): Buffer {
  return createHmac('sha256', Buffer.from(hkdfSync('sha256', fileKey, Buffer.alloc(0), 'header', 32)))
    .update(covered)
    .digest();
}

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

/** One text per value: what does not encode back to itself is refused. @throws AgeFailure header */
function decodeUnpadded(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (unpadded(bytes) !== text) throw new AgeFailure('header', 'not canonical base64');
  return bytes;
}
