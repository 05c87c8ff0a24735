import type { Manifest } from './manifest.ts';
import { cutToSecond, parseUtcStamp, utcStamp } from './utc-stamp.ts';
import type { SnapshotRef } from './vault.ts';

const form = /^(\d{6,12})-(\w{16})-([0-9a-f]{16})$/;

/** `<6+ digit sequence>-<YYYYMMDDTHHMMSSZ>-<16 hex id>` for a manifest; its time is cut to the second. */
export function snapshotRefOf(manifest: Pick<Manifest, 'sequence' | 'time' | 'id'>): SnapshotRef {
  const time = cutToSecond(manifest.time);
  return {
    file: `${String(manifest.sequence).padStart(6, '0')}-${utcStamp(time)}-${manifest.id}`,
    sequence: manifest.sequence,
    time,
    id: manifest.id,
  };
}

/** Null unless the name is one that `snapshotRefOf` can give. */
export function parseSnapshotFileName(file: string): SnapshotRef | null {
  const match = form.exec(file);
  if (!match) return null;
  const [, sequence, stamp = '', id = ''] = match;
  const time = parseUtcStamp(stamp);
  if (time === null) return null;
  const ref = snapshotRefOf({ sequence: Number(sequence), time: time.toISOString(), id });
  return ref.file === file ? ref : null;
}

/** Oldest first: by sequence, then time, then id. */
export function compareSnapshots(a: SnapshotRef, b: SnapshotRef): number {
  return a.sequence - b.sequence || a.time.getTime() - b.time.getTime() || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
