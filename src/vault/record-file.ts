import * as v from 'valibot';
import { LifeboatError } from '../report/errors.ts';
import { canonicalJson } from './canonical-json.ts';
import type { Opening, Sealing } from './object-format.ts';
import { parseRecordFileName, recordDirectories, recordRefOf } from './record-file-name.ts';
import { parseSigned, putSigned, readSigned, type SignedFile, signJson } from './signed-file.ts';
import type { Store } from './store.ts';
import type { RecordHead, RecordKind, RecordRef } from './vault.ts';

/** Most plain bytes of a record with its signature line: 16 MiB, on writing and on reading. */
export const recordLimit = 16 * 1024 * 1024;

const headSchema = v.object({
  id: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
  time: v.pipe(v.string(), v.maxLength(40), v.isoTimestamp()),
}) satisfies v.GenericSchema<unknown, RecordHead>;

/** Plain content of a record's file: the JSON line, then `ed25519 <signature>` over kind, file name and JSON. */
export function signRecord(kind: RecordKind, record: RecordHead, signKey: Buffer): Buffer {
  if (!v.is(headSchema, record)) throw new LifeboatError('internal', { reason: 'a record has no id or no time' });
  return signJson(signedRecord(recordRefOf(kind, record)), canonicalJson(record), signKey);
}

/** Verifies the plain content of a record's file; what it holds is for its reader to validate. @throws LifeboatError record-damaged | record-forged */
export function parseRecord(bytes: Buffer, ref: RecordRef, verifyKey: Buffer): RecordHead {
  const signed = signedRecord(ref);
  const value = parseSigned(signed, bytes, verifyKey);
  const head = v.safeParse(headSchema, value);
  if (!head.success) throw signed.failures.damaged('it has no id or no time');
  if (recordRefOf(ref.kind, head.output).file !== ref.file) throw signed.failures.damaged('it says another id or time than its name');
  return value as RecordHead;
}

/** Reads one record. @throws LifeboatError object-missing | record-damaged | record-forged | format-newer */
export async function readRecordFile(store: Store, ref: RecordRef, opening: Opening, verifyKey: Buffer): Promise<RecordHead> {
  const signed = signedRecord(ref);
  if (parseRecordFileName(ref.kind, ref.file) === null) throw signed.failures.damaged('its name is not one of a record');
  return parseRecord(await readSigned(store, signed, opening), ref, verifyKey);
}

/** Writes one record, once, then reads it back and compares. @throws LifeboatError record-exists | self-check-failed | record-unverified | record-too-large */
export async function putRecordFile(
  store: Store,
  kind: RecordKind,
  record: RecordHead,
  keys: { signKey: Buffer; verifyKey: Buffer; sealing: Sealing },
): Promise<RecordRef> {
  const plain = signRecord(kind, record, keys.signKey);
  const ref = recordRefOf(kind, record);
  await putSigned(store, signedRecord(ref), plain, {
    sealing: keys.sealing,
    check: (opened) => parseRecord(opened, ref, keys.verifyKey),
  });
  return ref;
}

function signedRecord({ kind, file }: RecordRef): SignedFile {
  const path = `${recordDirectories[kind]}/${file}`;
  return {
    file,
    path,
    kind: 'record',
    domain: `lifeboat ${kind} v1`,
    limit: recordLimit,
    failures: {
      damaged: (reason, cause) => new LifeboatError('record-damaged', { record: path, reason }, { cause }),
      forged: () => new LifeboatError('record-forged', { record: path }),
      tooLarge: (size, limit) => new LifeboatError('record-too-large', { record: path, size, limit }),
      exists: () => new LifeboatError('record-exists', { record: path }),
      unverified: (cause) => new LifeboatError('record-unverified', { record: path }, { cause }),
    },
  };
}
