import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepProof } from '../../src/drill/keep-proof.ts';
import { readProofs } from '../../src/drill/read-proofs.ts';
import { createVault } from '../../src/vault/create-vault.ts';
import { MemoryStore } from '../../src/vault/memory-store.ts';
import { failedProof, sampleProof } from './proofs.ts';

const make = async () => await createVault(new MemoryStore({ location: '/vault' }), { pin: null, sealed: false });

test('texts of a database that a proof has no room for are cut, and the proof can be read', async () => {
  const vault = await make();
  const [agent] = sampleProof().agents;
  const proof = sampleProof({
    agents: [
      { ...agent!, id: 'a'.repeat(5000), name: '😀'.repeat(600_000) },
      { ...agent!, id: 'whole', name: 'also' },
    ],
  });
  await keepProof(vault, proof);
  const [listed] = await readProofs(vault);
  assert.ok(listed && 'proof' in listed, JSON.stringify(listed));
  const [long, short] = listed.proof.agents;
  assert.deepEqual([long?.id.length, long?.id.at(-1), short?.id, short?.name], [4096, '…', 'whole', 'also']);
  assert.ok(long?.name.isWellFormed() && long.name.length <= 1_000_000 && long.name.endsWith('😀…'));
  assert.deepEqual({ ...listed.proof, agents: [] }, { ...proof, agents: [] });
});

test('a proof that is too large for a record is kept in a smaller form: the failure is known, and what was left out is said', async () => {
  for (const [count, characters] of [
    [30_000, 600],
    [20, 1_000_000],
  ] as const) {
    const vault = await make();
    const [agent] = sampleProof().agents;
    const agents = Array.from({ length: count }, (_, index) => ({
      ...agent!,
      id: `agent-${index}`,
      name: 'n'.repeat(characters),
      equal: index !== count - 1,
    }));
    const kept = await keepProof(vault, failedProof({ agents }));
    const [listed] = await readProofs(vault);
    assert.ok(listed && 'proof' in listed, JSON.stringify(listed).slice(0, 500));
    assert.deepEqual(listed.proof, kept);
    assert.deepEqual([kept.outcome, kept.failure, kept.equality], ['failed', failedProof().failure, failedProof().equality]);
    assert.equal(kept.agents[0]?.id, `agent-${count - 1}`, 'the one that is not whole');
    const [warning] = kept.warnings;
    assert.deepEqual([warning?.code, warning?.partial], ['proof-cut', true]);
    if (count > 1000) assert.match(warning?.message ?? '', /1,000 of 30,000 agents/);
  }
});

test('what is no proof is not kept', async () => {
  const vault = await make();
  await assert.rejects(keepProof(vault, sampleProof({ rows: Number.NaN })), { code: 'record-damaged' });
  await assert.rejects(keepProof(vault, sampleProof({ selfTest: null })), { code: 'record-damaged' });
  assert.deepEqual(await readProofs(vault), []);
});
