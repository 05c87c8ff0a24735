import * as v from 'valibot';
import { LifeboatError } from '../report/errors.ts';
import { bytesBody } from './bytes-body.ts';
import { canonicalJson } from './canonical-json.ts';
import { collect } from './join-chunks.ts';
import type { Manifest } from './manifest.ts';
import { manifestHead, manifestSchema } from './manifest-schema.ts';
import { decodeObject, encodeObject, type Opening, type Sealing } from './object-format.ts';
import { signText, verifyText } from './signature.ts';
import { parseSnapshotFileName, snapshotRefOf } from './snapshot-file-name.ts';
import type { Store } from './store.ts';
import type { SnapshotRef } from './vault.ts';
import { knownFeatures } from './vault-config.ts';

/** Most plain bytes of a manifest with its signature line: 64 KiB, on writing and on reading. */
export const manifestLimit = 64 * 1024;
/** A sealed manifest cannot be larger than this; more is not read into memory. */
const storedLimit = 2 * manifestLimit;

/** Plain content of a manifest file: the JSON line, then `ed25519 <signature>` over file name and JSON. */
export function signManifest(manifest: Manifest, signKey: Buffer): Buffer {
  const checked = v.safeParse(manifestSchema, manifest);
  if (!checked.success)
    throw new LifeboatError('internal', {
      reason: `a manifest is not as it should be: ${v.getDotPath(checked.issues[0]) ?? ''} ${checked.issues[0].message}`,
    });
  const json = canonicalJson(checked.output);
  const { file } = snapshotRefOf(manifest);
  const bytes = Buffer.from(`${json}\ned25519 ${signText(signedText(file, json), signKey)}\n`);
  if (bytes.length > manifestLimit) throw new LifeboatError('manifest-too-large', { size: bytes.length, limit: manifestLimit });
  return bytes;
}

/** Verifies and validates the plain content of a manifest file. @throws LifeboatError manifest-damaged | manifest-forged | format-newer */
export function parseManifest(bytes: Buffer, ref: SnapshotRef, verifyKey: Buffer): Manifest {
  const damaged = (reason: string) => new LifeboatError('manifest-damaged', { snapshot: ref.file, reason });
  const [json, signatureLine, rest, ...more] = bytes.toString('utf8').split('\n');
  const signature = /^ed25519 (\S{88})$/.exec(signatureLine ?? '')?.[1];
  if (json === undefined || signature === undefined || rest !== '' || more.length > 0)
    throw damaged('it is not a line of JSON and a signature');
  // Before anything in it is believed: who wrote it.
  if (!verifyText(signedText(ref.file, json), signature, verifyKey)) throw new LifeboatError('manifest-forged', { snapshot: ref.file });
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw damaged('it is not JSON');
  }
  const head = v.safeParse(manifestHead, value);
  if (!head.success) throw damaged('it has no format');
  const unknown = (head.output.features?.incompatible ?? []).filter((feature) => !knownFeatures.has(feature));
  if (head.output.format > 1 || unknown.length > 0) {
    throw new LifeboatError('format-newer', {
      what: `snapshot ${ref.file}`,
      reason: unknown.length > 0 ? `needs ${unknown.join(', ')}` : `format ${head.output.format}, known up to 1`,
    });
  }
  const result = v.safeParse(manifestSchema, value);
  if (!result.success) throw damaged(`${v.getDotPath(result.issues[0]) ?? 'it'} is not as it should be`);
  if (snapshotRefOf(result.output).file !== ref.file) throw damaged('it says another id, time or number than its name');
  return result.output;
}

/** Reads one manifest. @throws LifeboatError object-missing | manifest-damaged | manifest-forged | format-newer */
export async function readManifestFile(store: Store, ref: SnapshotRef, opening: Opening, verifyKey: Buffer): Promise<Manifest> {
  const damaged = (reason: string, cause: unknown) => new LifeboatError('manifest-damaged', { snapshot: ref.file, reason }, { cause });
  if (parseSnapshotFileName(ref.file) === null) throw damaged('its name is not one of a snapshot', undefined);
  let bytes: Buffer;
  try {
    const stored = await collect(store.get(manifestPath(ref)), storedLimit);
    bytes = await collect(decodeObject([stored], 'manifest', opening, manifestLimit), manifestLimit);
  } catch (cause) {
    if (cause instanceof LifeboatError) throw cause;
    throw damaged(cause instanceof Error ? cause.message : 'unreadable', cause);
  }
  return parseManifest(bytes, ref, verifyKey);
}

/**
 * The commit point: from here on the snapshot exists. Written once, then read back and compared.
 * @throws LifeboatError snapshot-exists | self-check-failed | commit-unverified | manifest-too-large
 */
export async function putManifest(
  store: Store,
  manifest: Manifest,
  keys: { signKey: Buffer; verifyKey: Buffer; sealing: Sealing },
): Promise<SnapshotRef> {
  const ref = snapshotRefOf(manifest);
  const plain = signManifest(manifest, keys.signKey);
  const encoding = encodeObject([plain], 'manifest', plain.length, keys.sealing);
  const stored = await collect(encoding.chunks, storedLimit);
  await checkBefore(stored, encoding.fileKey, ref, keys.verifyKey);
  if ((await store.put(manifestPath(ref), bytesBody(stored))) === 'exists')
    throw new LifeboatError('snapshot-exists', { snapshot: ref.file });
  const written = await collect(store.get(manifestPath(ref)), storedLimit).catch((cause: unknown) => {
    throw new LifeboatError('commit-unverified', { snapshot: ref.file }, { cause });
  });
  if (!written.equals(stored)) throw new LifeboatError('commit-unverified', { snapshot: ref.file });
  return ref;
}

async function checkBefore(stored: Buffer, fileKey: Buffer | null, ref: SnapshotRef, verifyKey: Buffer): Promise<void> {
  try {
    parseManifest(await collect(decodeObject([stored], 'manifest', fileKey && { fileKey }, manifestLimit), manifestLimit), ref, verifyKey);
  } catch (cause) {
    throw new LifeboatError('self-check-failed', { object: ref.file }, { cause });
  }
}

export function manifestPath(ref: Pick<SnapshotRef, 'file'>): string {
  return `snapshots/${ref.file}`;
}

/** The file name is signed too: a manifest cannot be passed off as a newer or older one. */
function signedText(file: string, json: string): string {
  return `lifeboat manifest v1\n${file}\n${json}`;
}
