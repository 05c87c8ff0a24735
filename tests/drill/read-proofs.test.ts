import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whyNotProven } from '../../src/drill/failure.ts';
import type { Proof } from '../../src/drill/proof.ts';
import { parseProof, readProofs } from '../../src/drill/read-proofs.ts';
import { LifeboatError } from '../../src/report/errors.ts';
import { createVault } from '../../src/vault/create-vault.ts';
import { MemoryStore } from '../../src/vault/memory-store.ts';
import { recordRefOf } from '../../src/vault/record-file-name.ts';
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

test('one that says proven without equal rows and a self-test that went well is none', () => {
  const { equality, selfTest } = sampleProof();
  const wanting: Partial<Proof>[] = [
    { equality: null },
    { equality: { ...equality!, equal: false } },
    { selfTest: null },
    { selfTest: { ...selfTest!, passed: false } },
    { selfTest: { ...selfTest!, undone: false } },
  ];
  const ref = recordRefOf('proof', sampleProof());
  for (const changes of wanting) {
    assert.throws(() => parseProof(sampleProof(changes), ref), { code: 'record-damaged' }, JSON.stringify(changes));
    assert.ok(whyNotProven(sampleProof(changes)), 'and a drill does not say so');
    assert.equal(parseProof(failedProof(changes), ref).outcome, 'failed');
  }
  assert.equal(whyNotProven(sampleProof()), null);
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
