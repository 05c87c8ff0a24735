import type { Manifest } from './manifest.ts';

/** What tells two sources of snapshots apart. */
export type Source = Pick<Manifest['source'], 'systemIdentifier' | 'database'>;

/** Whether a snapshot was taken from that database. */
export function isOf(manifest: Manifest, source: Source): boolean {
  return manifest.source.systemIdentifier === source.systemIdentifier && manifest.source.database === source.database;
}
