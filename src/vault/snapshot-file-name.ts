import type { Manifest } from './manifest.ts';
import type { SnapshotRef } from './vault.ts';

const form = /^(\d{6,12})-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-([0-9a-f]{16})$/;

/** `<6+ digit sequence>-<YYYYMMDDTHHMMSSZ>-<16 hex id>` for a manifest; its time is cut to the second. */
export function snapshotRefOf(manifest: Pick<Manifest, 'sequence' | 'time' | 'id'>): SnapshotRef {
  const time = new Date(Math.floor(Date.parse(manifest.time) / 1000) * 1000);
  const stamp = time.toISOString().replace(/[-:]|\.\d{3}/g, '');
  return {
    file: `${String(manifest.sequence).padStart(6, '0')}-${stamp}-${manifest.id}`,
    sequence: manifest.sequence,
    time,
    id: manifest.id,
  };
}

/** Null unless the name is one that `snapshotRefOf` can give. */
export function parseSnapshotFileName(file: string): SnapshotRef | null {
  const match = form.exec(file);
  if (!match) return null;
  const [, sequence, year, month, day, hour, minute, second, id] = match;
  const time = `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
  if (Number.isNaN(Date.parse(time))) return null;
  const ref = snapshotRefOf({ sequence: Number(sequence), time, id: id ?? '' });
  return ref.file === file ? ref : null;
}

/** Oldest first: by sequence, then time, then id. */
export function compareSnapshots(a: SnapshotRef, b: SnapshotRef): number {
  return a.sequence - b.sequence || a.time.getTime() - b.time.getTime() || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
