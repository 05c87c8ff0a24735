import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Proof } from '../../src/drill/proof.ts';
import { readProofs } from '../../src/drill/read-proofs.ts';
import { LifeboatError } from '../../src/report/errors.ts';
import { createVault } from '../../src/vault/create-vault.ts';
import { MemoryStore } from '../../src/vault/memory-store.ts';
import { failedProof, sampleProof } from './proofs.ts';

const make = async () => await createVault(new MemoryStore({ location: '/vault' }), { pin: null, sealed: false });
const codes = (listed: Awaited<ReturnType<typeof readProofs>>) => listed.map((each) => ('error' in each ? each.error.code : each.proof.id));

test('proofs come back as they were kept, oldest first', async () => {
  const vault = await make();
  await vault.putRecord('proof', failedProof());
  await vault.putRecord('proof', sampleProof());
  const listed = await readProofs(vault);
  assert.deepEqual(
    listed.map((each) => 'proof' in each && each.proof),
    [sampleProof(), failedProof()],
  );
});

test('one that is signed but not of the form counts for nothing and hides no other', async () => {
  const vault = await make();
  const wrong: [string, object][] = [
    ['000000000000000a', { outcome: 'perhaps' }],
    ['000000000000000b', { failure: { code: 'content', message: 'proven, and yet failed' } }],
    ['000000000000000c', { snapshot: { ...sampleProof().snapshot, manifestHash: 'short' } }],
    ['000000000000000d', { rows: -1 }],
    ['000000000000000e', { format: 2 }],
    ['000000000000000f', { format: undefined }],
  ];
  for (const [id, changes] of wrong) await vault.putRecord('proof', { ...sampleProof(), ...changes, id } as Proof);
  await vault.putRecord('proof', sampleProof());
  assert.deepEqual(codes(await readProofs(vault)), [
    ...Array(4).fill('record-damaged'),
    'format-newer',
    'record-damaged',
    sampleProof().id,
  ]);
});

test('members of a later compatible version are passed over', async () => {
  const vault = await make();
  await vault.putRecord('proof', { ...sampleProof(), colour: 'blue' } as Proof);
  assert.deepEqual(codes(await readProofs(vault)), [sampleProof().id]);
});

test('what makes all of them unreadable is no damage', async () => {
  const vault = await make();
  const ref = await vault.putRecord('proof', sampleProof());
  const shut = {
    listRecords: async () => [ref],
    readRecord: async () => {
      throw new LifeboatError('writer-only', { vault: 'v', what: 'read it' });
    },
  };
  await assert.rejects(readProofs(shut), (error: LifeboatError) => error.code === 'writer-only');
});
