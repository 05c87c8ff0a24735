import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { UndoRecord } from '../../src/repair/undo-record.ts';
import { parseUndoRecord } from '../../src/repair/undo-record.ts';
import { bytesBody } from '../../src/vault/bytes-body.ts';
import { recordRefOf } from '../../src/vault/record-file-name.ts';
import { TestVault } from '../road/road.ts';
import { differences } from '../support/independent-compare.ts';
import { type TestServer, testServer } from '../support/postgres.ts';
import { failsWith, readAll } from '../vault/store-conformance.ts';
import { damageByCode, damaged, mend, planFor, takeBack } from './stage.ts';

const sample: UndoRecord = {
  format: 1,
  id: '9f86d081884c7d65',
  time: '2026-01-17T03:15:00.123Z',
  tool: '0.1.0',
  command: 'verify --repair',
  undoes: null,
  plan: '0123456789ab',
  database: { systemIdentifier: '73', timeline: '1', database: 'letta', databaseOid: '16384', home: 'public', revisions: ['27de0f58e076'] },
  xid: '763',
  findings: [{ code: 'group-turns-counter', where: 'groups.turns_counter', count: 1 }],
  changes: [
    { kind: 'update', table: 'groups', key: { id: 'group-1' }, was: { turns_counter: null }, set: { turns_counter: '-1' } },
    {
      kind: 'move sequence',
      sequence: 'message_seq_id',
      was: { lastValue: '5', isCalled: true },
      next: { lastValue: '70', isCalled: false },
    },
  ],
};
const ref = recordRefOf('undo', sample);

describe('an undo record', () => {
  let server: TestServer;
  let held: TestVault;
  before(async () => {
    server = await testServer();
    held = await TestVault.create();
  });
  after(() => held[Symbol.asyncDispose]());

  it('is read as it was written', async () => {
    const written = await held.vault.putRecord('undo', sample);
    assert.deepEqual(parseUndoRecord(await held.vault.readRecord(written), written), sample);
  });

  it('that is signed but hostile is refused', async () => {
    const update = sample.changes[0];
    for (const hostile of [
      null,
      { ...sample, changes: undefined },
      { ...sample, changes: [{ kind: 'sql', statement: 'drop table agents' }] },
      { ...sample, changes: [{ ...update, table: 'a\0b' }] },
      { ...sample, changes: [{ ...update, table: 'x'.repeat(64) }] },
      { ...sample, changes: [{ ...update, was: {} }] },
      { ...sample, changes: [{ ...update, set: { id: 5 } }] },
      { ...sample, changes: [{ ...update, more: 1 }] },
      {
        ...sample,
        changes: [
          {
            kind: 'move sequence',
            sequence: 's',
            was: { lastValue: '1); drop', isCalled: true },
            next: { lastValue: '1', isCalled: true },
          },
        ],
      },
      { ...sample, xid: '1 or true' },
      { ...sample, database: { ...sample.database, home: '' } },
      { ...sample, command: 'rm' },
    ])
      await failsWith(
        Promise.resolve().then(() => parseUndoRecord(hostile, ref)),
        'record-damaged',
      );
    await failsWith(
      Promise.resolve().then(() => parseUndoRecord({ ...sample, format: 2, changes: 'patches' }, ref)),
      'format-newer',
    );
  });

  it('that names tables, columns and values which look like SQL changes nothing', async () => {
    const { database, before } = await damaged(server, 'letta-0.16.8', [damageByCode['group-turns-counter'] ?? '']);
    const { record } = await mend(database.url, held.vault, await planFor(database.url));
    const evil = `agents"; drop table agents; --`;
    const update = { kind: 'update', table: 'agents', key: { id: 'x' }, was: { name: 'a' }, set: { name: 'b' } } as const;
    const repaired = await database.copy();
    for (const [n, change] of [
      { ...update, table: evil },
      { ...update, set: { [evil]: 'b' } },
      { ...update, key: { [evil]: `'; drop table agents; --` } },
      { ...update, table: 'pg_authid' },
      { kind: 'delete', table: 'agents', row: { id: `' or true; --` } } as const,
      { kind: 'move sequence', sequence: evil, was: { lastValue: '1', isCalled: true }, next: { lastValue: '2', isCalled: true } } as const,
    ].entries()) {
      const id = `${n}`.padStart(16, '0');
      await held.vault.putRecord('undo', { ...record, id, changes: [change] } as UndoRecord);
      await failsWith(takeBack(database.url, held.vault, id), 'change-refused', 'row-changed', 'nothing-to-undo');
    }
    assert.deepEqual(await differences(repaired, database), []);
    await Promise.all([database.drop(), before.drop(), repaired.drop()]);
  });

  it('that was altered, exchanged for another, or written by somebody else is refused before anything is changed', async () => {
    const { database, before } = await damaged(server, 'letta-0.16.8', [damageByCode['tool-message-without-call-id'] ?? '']);
    const { record } = await mend(database.url, held.vault, await planFor(database.url));
    const repaired = await database.copy();
    const path = `undo/${recordRefOf('undo', record).file}`;
    const { store } = held.vault;
    const bytes = await readAll(store, path);
    const replace = async (other: Buffer) => {
      await store.delete(path);
      await store.put(path, bytesBody(other));
    };
    const flipped = Buffer.from(bytes);
    flipped[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    await replace(flipped);
    await failsWith(takeBack(database.url, held.vault, record.id), 'record-damaged');
    const another = await held.vault.putRecord('undo', { ...record, id: 'b'.repeat(16), changes: [] } as UndoRecord);
    await replace(await readAll(store, `undo/${another.file}`));
    await failsWith(takeBack(database.url, held.vault, record.id), 'record-forged');

    // The same keys to open it, another key to sign it: as somebody who knows the recipient would write it.
    const { putRecordFile } = await import('../../src/vault/record-file.ts');
    const { parseRecipient } = await import('../../src/vault/key-agreement.ts');
    const { generateKeys } = await import('../../src/vault/vault-keys.ts');
    const { keys } = held.vault as unknown as { keys: { recipient: string } };
    const stranger = await generateKeys(true);
    await store.delete(path);
    await putRecordFile(store, 'undo', record, { ...stranger, sealing: { recipient: parseRecipient(keys.recipient) } });
    await failsWith(takeBack(database.url, held.vault, record.id), 'record-forged');
    assert.deepEqual(await differences(repaired, database), []);

    await replace(bytes);
    await takeBack(database.url, held.vault, record.id);
    assert.deepEqual(await differences(before, database), []);
    await Promise.all([database.drop(), before.drop(), repaired.drop()]);
  });
});
