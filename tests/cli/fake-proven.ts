import { createHash } from 'node:crypto';
import type { Proven } from '../../src/cli/read-proven.ts';
import type { ListedSnapshot } from '../../src/cli/views/snapshot-facts.ts';
import { bindProofs } from '../../src/drill/bind-proofs.ts';
import type { Proof } from '../../src/drill/proof.ts';
import { failedProof, sampleProof } from '../drill/proofs.ts';
import { type FakeSnapshot, refOf } from './fake-vault.ts';

export const fakeNow = new Date('2026-01-17T13:00:00Z');

const hashOf = (file: string) => createHash('sha256').update(file).digest('hex');

/** What readProven makes of these snapshots and proofs, with a hash of the file's name for the manifest's. */
export function fakeProven(snapshots: readonly ListedSnapshot[], proofs: readonly Proof[], now = fakeNow): Proven {
  const sound = snapshots.flatMap((listed) =>
    'manifest' in listed
      ? [
          {
            id: listed.ref.id,
            file: listed.ref.file,
            hash: hashOf(listed.ref.file),
            source: listed.manifest.source,
            manifest: listed.manifest,
          },
        ]
      : [],
  );
  const listed = proofs.map((proof) => ({
    ref: { kind: 'proof' as const, file: proof.id, time: new Date(proof.time), id: proof.id },
    proof,
  }));
  return { listed, bound: bindProofs(proofs, sound, now), sound };
}

type Drilled = FakeSnapshot & { index?: number };

/** A drill of that snapshot that went well, and one that did not. */
export const provenOf = (snapshot: Drilled, time?: string): Proof => bound(sampleProof(), snapshot, time);
export const failedOf = (snapshot: Drilled, time?: string): Proof => bound(failedProof(), snapshot, time);

function bound(proof: Proof, { index = 0, database = 'letta', ...snapshot }: Drilled, time = '2026-01-17T12:10:00Z'): Proof {
  const { file, id } = refOf(snapshot, index);
  return { ...proof, time, source: { ...proof.source, database }, snapshot: { ...proof.snapshot, id, file, manifestHash: hashOf(file) } };
}
