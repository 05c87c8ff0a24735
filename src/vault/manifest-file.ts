import * as v from 'valibot';
import { LifeboatError } from '../report/errors.ts';
import { canonicalJson } from './canonical-json.ts';
import type { Manifest } from './manifest.ts';
import { manifestHead, manifestSchema } from './manifest-schema.ts';
import type { Opening, Sealing } from './object-format.ts';
import { parseSigned, putSigned, readSigned, type SignedFile, signJson } from './signed-file.ts';
import { parseSnapshotFileName, snapshotRefOf } from './snapshot-file-name.ts';
import type { Store } from './store.ts';
import type { SnapshotRef } from './vault.ts';
import { knownFeatures } from './vault-config.ts';

/** Most plain bytes of a manifest with its signature line: 64 KiB, on writing and on reading. */
export const manifestLimit = 64 * 1024;

/** Plain content of a manifest file: the JSON line, then `ed25519 <signature>` over file name and JSON. */
export function signManifest(manifest: Manifest, signKey: Buffer): Buffer {
  const checked = v.safeParse(manifestSchema, manifest);
  if (!checked.success)
    throw new LifeboatError('internal', {
      reason: `a manifest is not as it should be: ${v.getDotPath(checked.issues[0]) ?? ''} ${checked.issues[0].message}`,
    });
  return signJson(signedManifest(snapshotRefOf(manifest)), canonicalJson(checked.output), signKey);
}

/** Verifies and validates the plain content of a manifest file. @throws LifeboatError manifest-damaged | manifest-forged | format-newer */
export function parseManifest(bytes: Buffer, ref: SnapshotRef, verifyKey: Buffer): Manifest {
  const signed = signedManifest(ref);
  const { damaged } = signed.failures;
  const value = parseSigned(signed, bytes, verifyKey);
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
  const signed = signedManifest(ref);
  if (parseSnapshotFileName(ref.file) === null) throw signed.failures.damaged('its name is not one of a snapshot');
  return parseManifest(await readSigned(store, signed, opening), ref, verifyKey);
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
  await putSigned(store, signedManifest(ref), signManifest(manifest, keys.signKey), {
    sealing: keys.sealing,
    check: (plain) => parseManifest(plain, ref, keys.verifyKey),
  });
  return ref;
}

function signedManifest({ file }: SnapshotRef): SignedFile {
  return {
    file,
    path: manifestPath({ file }),
    kind: 'manifest',
    domain: 'lifeboat manifest v1',
    limit: manifestLimit,
    failures: {
      damaged: (reason, cause) => new LifeboatError('manifest-damaged', { snapshot: file, reason }, { cause }),
      forged: () => new LifeboatError('manifest-forged', { snapshot: file }),
      tooLarge: (size, limit) => new LifeboatError('manifest-too-large', { size, limit }),
      exists: () => new LifeboatError('snapshot-exists', { snapshot: file }),
      unverified: (cause) => new LifeboatError('commit-unverified', { snapshot: file }, { cause }),
    },
  };
}

export function manifestPath(ref: Pick<SnapshotRef, 'file'>): string {
  return `snapshots/${ref.file}`;
}
