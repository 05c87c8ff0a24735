import { LifeboatError } from '../report/errors.ts';
import { bytesBody } from './bytes-body.ts';
import { collect } from './join-chunks.ts';
import { decodeObject, encodeObject, type Opening, type Sealing, type StoredKind } from './object-format.ts';
import { signText, verifyText } from './signature.ts';
import type { Store } from './store.ts';

/** One file that a holder of the vault's keys vouches for: a manifest, a proof, an undo record. */
export interface SignedFile {
  /** Its name within its directory; signed too, so that it cannot be passed off as a newer or older one. */
  file: string;
  /** Where it lies in the store. */
  path: string;
  kind: StoredKind;
  /** First line of what is signed: no signature of one kind of file is one of another. */
  domain: string;
  /** Most plain bytes, with the signature line; on writing and on reading. */
  limit: number;
  /** The registered errors that this kind of file ends with. */
  failures: {
    damaged(reason: string, cause?: unknown): LifeboatError;
    forged(): LifeboatError;
    tooLarge(size: number, limit: number): LifeboatError;
    exists(): LifeboatError;
    /** It does not read back as it was written. */
    unverified(cause?: unknown): LifeboatError;
  };
}

/** Plain content of a signed file: the JSON line, then `ed25519 <signature>` over domain, file name and JSON. */
export function signJson(signed: SignedFile, json: string, signKey: Buffer): Buffer {
  const bytes = Buffer.from(`${json}\ned25519 ${signText(signedText(signed, json), signKey)}\n`);
  if (bytes.length > signed.limit) throw signed.failures.tooLarge(bytes.length, signed.limit);
  return bytes;
}

/** The JSON of a signed file's plain content, after its signature was verified. @throws `failures.damaged`, `failures.forged` */
export function parseSigned(signed: SignedFile, bytes: Buffer, verifyKey: Buffer): unknown {
  const [json, signatureLine, rest, ...more] = bytes.toString('utf8').split('\n');
  const signature = /^ed25519 (\S{88})$/.exec(signatureLine ?? '')?.[1];
  if (json === undefined || signature === undefined || rest !== '' || more.length > 0)
    throw signed.failures.damaged('it is not a line of JSON and a signature');
  // Before anything in it is believed: who wrote it.
  if (!verifyText(signedText(signed, json), signature, verifyKey)) throw signed.failures.forged();
  try {
    return JSON.parse(json);
  } catch {
    throw signed.failures.damaged('it is not JSON');
  }
}

/** Reads and opens one. @returns plain content, not verified yet; @throws object-missing, format-newer, `failures.damaged` */
export async function readSigned(store: Store, signed: SignedFile, opening: Opening): Promise<Buffer> {
  try {
    const stored = await collect(store.get(signed.path), storedLimit(signed));
    return await collect(decodeObject([stored], signed.kind, opening, signed.limit), signed.limit);
  } catch (cause) {
    if (cause instanceof LifeboatError) throw cause;
    throw signed.failures.damaged(cause instanceof Error ? cause.message : 'unreadable', cause);
  }
}

/**
 * Writes one, once: opened again and given to `check` before it is stored, read back and compared after.
 * @throws self-check-failed, `failures.exists`, `failures.unverified`
 */
export async function putSigned(
  store: Store,
  signed: SignedFile,
  plain: Buffer,
  { sealing, check }: { sealing: Sealing; check(plain: Buffer): void },
): Promise<void> {
  const encoding = encodeObject([plain], signed.kind, plain.length, sealing);
  const stored = await collect(encoding.chunks, storedLimit(signed));
  try {
    const opening = encoding.fileKey && { fileKey: encoding.fileKey };
    check(await collect(decodeObject([stored], signed.kind, opening, signed.limit), signed.limit));
  } catch (cause) {
    throw new LifeboatError('self-check-failed', { object: signed.file }, { cause });
  }
  if ((await store.put(signed.path, bytesBody(stored))) === 'exists') throw signed.failures.exists();
  const written = await collect(store.get(signed.path), storedLimit(signed)).catch((cause: unknown) => {
    throw signed.failures.unverified(cause);
  });
  if (!written.equals(stored)) throw signed.failures.unverified();
}

/** A sealed file cannot be larger than this; more is not read into memory. */
const storedLimit = ({ limit }: SignedFile): number => 2 * limit;

function signedText({ domain, file }: SignedFile, json: string): string {
  return `${domain}\n${file}\n${json}`;
}
