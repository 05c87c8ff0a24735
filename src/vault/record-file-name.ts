import { cutToSecond, parseUtcStamp, utcStamp } from './utc-stamp.ts';
import type { RecordHead, RecordKind, RecordRef } from './vault.ts';

/** Where records of each kind lie. */
export const recordDirectories: Readonly<Record<RecordKind, string>> = { proof: 'proofs', undo: 'undo' };

const form = /^(\w{16})-([0-9a-f]{16})$/;

/** `<YYYYMMDDTHHMMSSZ>-<16 hex id>` for a record; its time is cut to the second. */
export function recordRefOf(kind: RecordKind, { time, id }: RecordHead): RecordRef {
  const cut = cutToSecond(time);
  return { kind, file: `${utcStamp(cut)}-${id}`, time: cut, id };
}

/** Null unless the name is one that `recordRefOf` can give. */
export function parseRecordFileName(kind: RecordKind, file: string): RecordRef | null {
  const match = form.exec(file);
  if (!match) return null;
  const [, stamp = '', id = ''] = match;
  const time = parseUtcStamp(stamp);
  return time && { kind, file, time, id };
}

/** Oldest first: by time, then id. */
export function compareRecords(a: RecordRef, b: RecordRef): number {
  return a.time.getTime() - b.time.getTime() || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
