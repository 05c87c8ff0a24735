import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CarryRules, decide } from '../../src/upgrade/secrets/decide.ts';

const up: CarryRules = {
  hasKey: true,
  truth: 'plaintext',
  sourceReads: 'plaintext',
  targetReads: 'encrypted',
  lookalikes: false,
  json: false,
  emptyCounts: false,
};
const down: CarryRules = {
  hasKey: true,
  truth: 'encrypted',
  sourceReads: 'encrypted',
  targetReads: 'plaintext',
  lookalikes: false,
  json: false,
  emptyCounts: false,
};
const nothing = { class: 'null', text: null } as const;
const lookalike = 'A'.repeat(60);

describe('what becomes of a secret', () => {
  it('upwards: into _enc, with the key or in clear', () => {
    assert.deepEqual(decide(nothing, 's', up), { fate: 'encrypted', enc: { text: 's', encrypt: true }, plain: null });
    assert.deepEqual(decide(nothing, 's', { ...up, hasKey: false }), { fate: 'in clear', enc: { text: 's', encrypt: false }, plain: null });
    assert.deepEqual(decide(nothing, null, up).fate, 'kept');
    assert.deepEqual(decide(nothing, null, { ...up, emptyCounts: true }).enc, { text: '', encrypt: true });
    assert.equal(decide(nothing, null, { ...up, emptyCounts: true, hasKey: false }).fate, 'placeholder');
    assert.equal(decide({ class: 'decrypts', text: '' }, null, { ...up, emptyCounts: true }).fate, 'kept');
    assert.equal(decide(nothing, lookalike, { ...up, hasKey: false }).fate, 'needs key');
    assert.deepEqual(decide(nothing, lookalike, { ...up, hasKey: false, lookalikes: true }).enc, { text: lookalike, encrypt: false });
    assert.deepEqual(decide(nothing, lookalike, up).enc, { text: lookalike, encrypt: true });
  });

  it('a value in clear in _enc that the server would take for a ciphertext is encrypted when there is a key', () => {
    const rules: CarryRules = { ...up, truth: 'encrypted', sourceReads: 'encrypted' };
    const jwt = 'a-'.repeat(60);
    assert.deepEqual(decide({ class: 'plaintext', text: jwt }, null, rules).enc, { text: jwt, encrypt: true });
    assert.equal(decide({ class: 'plaintext', text: jwt }, null, { ...rules, hasKey: false }).fate, 'needs key');
    assert.equal(decide({ class: 'plaintext', text: 'sk-1' }, null, rules).fate, 'kept');
  });

  it('two columns that differ: the one counts that the source kept up to date', () => {
    const stale = { class: 'decrypts', text: 'old' } as const;
    assert.deepEqual(decide(stale, 'new', { ...up, sourceReads: 'both' }).enc, { text: 'new', encrypt: true });
    assert.equal(decide(stale, 'new', { ...up, truth: 'encrypted', sourceReads: 'encrypted' }).fate, 'kept');
    assert.equal(decide(stale, 'new', down).plain, 'old');
    assert.equal(decide({ class: 'unchecked', text: null }, 'new', { ...up, sourceReads: 'both', hasKey: false }).fate, 'unchecked');
  });

  it('what cannot be decrypted is told, and comes from the older column while servers wrote both', () => {
    const closed = { class: 'undecryptable', text: null } as const;
    const rules: CarryRules = { ...up, truth: 'encrypted', sourceReads: 'encrypted' };
    assert.deepEqual(decide(closed, 'stale', rules), { fate: 'unreadable', enc: null, plain: null });
    assert.deepEqual(decide(closed, 's', { ...rules, sourceReads: 'both' }).enc, { text: 's', encrypt: true });
    assert.equal(decide({ class: 'unchecked', text: null }, null, { ...rules, hasKey: false }).fate, 'unchecked');
    assert.equal(decide({ class: 'unchecked', text: null }, null, { ...down, hasKey: false }).fate, 'unreadable');
    assert.equal(decide(closed, null, down).fate, 'unreadable');
  });

  it('what the server did not use is told where there is no column for it any more', () => {
    const rules: CarryRules = { ...down, truth: 'plaintext', sourceReads: 'both' };
    assert.deepEqual(decide({ class: 'decrypts', text: 'old' }, 'new', rules), { fate: 'unused', enc: null, plain: null });
    assert.equal(decide({ class: 'undecryptable', text: null }, 's', rules).fate, 'unused');
    assert.equal(decide({ class: 'decrypts', text: 's' }, 's', rules).fate, 'kept');
    assert.equal(decide({ class: 'decrypts', text: '' }, 's', rules).fate, 'kept');
  });

  it('downwards: into the older column, if it fits there', () => {
    assert.deepEqual(decide({ class: 'decrypts', text: 's' }, null, down), { fate: 'decrypted', enc: null, plain: 's' });
    assert.equal(decide({ class: 'decrypts', text: 's\0' }, null, down).fate, 'unreadable');
    const headers = { ...down, json: true };
    assert.equal(decide({ class: 'decrypts', text: '{"a": "b"}' }, '{"a":"b"}', headers).fate, 'kept');
    assert.equal(decide({ class: 'decrypts', text: 'no headers' }, null, headers).fate, 'unreadable');
    const both: CarryRules = { ...down, targetReads: 'both' };
    assert.deepEqual(decide({ class: 'decrypts', text: 's' }, null, both), { fate: 'decrypted', enc: null, plain: 's' });
    assert.equal(decide({ class: 'decrypts', text: 's\0' }, null, both).fate, 'kept');
    assert.deepEqual(decide(nothing, 's', { ...up, targetReads: 'both' }).enc, { text: 's', encrypt: true });
    assert.equal(decide(nothing, 's', { ...up, targetReads: 'both', hasKey: false }).fate, 'kept');
  });
});
