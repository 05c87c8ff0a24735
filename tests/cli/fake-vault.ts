import type { Manifest } from '../../src/vault/manifest.ts';
import { MemoryStore } from '../../src/vault/memory-store.ts';
import type { SnapshotRef, Vault } from '../../src/vault/vault.ts';

export interface FakeSnapshot {
  id: string;
  time?: string;
  database?: string;
  revision?: string;
  /** Thrown instead of the manifest. */
  error?: Error;
}

export function manifestOf({
  id,
  time = '2026-01-17T12:00:00.000Z',
  database = 'letta',
  revision = '5fb8bba2c373',
}: FakeSnapshot): Manifest {
  return {
    id,
    time,
    source: { systemIdentifier: '7', database },
    letta: { revision, releases: ['0.11.3'], drift: 0 },
    warnings: [],
  } as unknown as Manifest;
}

export function refOf({ id, time = '2026-01-17T12:00:00.000Z' }: FakeSnapshot, index = 0): SnapshotRef {
  return { file: `${String(index + 1).padStart(6, '0')}-20260117T120000Z-${id}`, sequence: index + 1, time: new Date(time), id };
}

/** As much of a vault as looking snapshots up takes. Oldest first. */
export function fakeVault(snapshots: readonly FakeSnapshot[]): Vault {
  const refs = snapshots.map(refOf);
  return {
    store: new MemoryStore(),
    sealed: true,
    access: 'owner',
    async listSnapshots() {
      return refs;
    },
    async readManifest(ref: SnapshotRef) {
      const snapshot = snapshots[refs.indexOf(ref)] as FakeSnapshot;
      if (snapshot.error) throw snapshot.error;
      return manifestOf(snapshot);
    },
  } as unknown as Vault;
}
