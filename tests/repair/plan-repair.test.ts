import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { takenBack } from '../../src/repair/applied-change.ts';
import { changeSql } from '../../src/repair/change-sql.ts';
import { planRepair } from '../../src/repair/plan-repair.ts';
import { shortcomings } from '../../src/repair/repair.ts';
import { identityDifferences } from '../../src/repair/repair-target.ts';
import type { ColumnModel, DatabaseModel, TableModel } from '../../src/schema/model.ts';
import type { Change } from '../../src/verify/change.ts';
import type { Finding } from '../../src/verify/finding.ts';

const column = (name: string, type = 'text'): ColumnModel => ({
  name,
  type,
  notNull: false,
  default: null,
  identity: null,
  generated: null,
  collation: null,
});
const table = (name: string, columns: ColumnModel[]): TableModel => ({
  schema: null,
  name,
  columns,
  primaryKey: { name: `${name}_pkey`, columns: ['id'] },
  uniques: [],
  foreignKeys: [],
  checks: [],
  indexes: [],
});
const model = {
  schemas: [],
  extensions: [],
  enums: [],
  sequences: [],
  others: [],
  tables: [table('agents', [column('id'), column('name'), column('message_ids', 'json')])],
} satisfies DatabaseModel;
const identity = { systemIdentifier: '7', timeline: '1', database: 'letta', databaseOid: '5', home: 'public', revisions: ['a'] };
const target = { identity, model };

const finding = (code: string, changes: Change[], more: Partial<Finding> = {}): Finding => ({
  code,
  severity: 'error',
  where: 'agents',
  message: 'm',
  ids: [],
  count: changes.length,
  why: 'w',
  repair: null,
  changes,
  ...more,
});
const rename = (id: string, was: string, set: string): Change => ({
  kind: 'update',
  table: 'agents',
  key: { id },
  was: { name: was },
  set: { name: set },
});
const window: Change = { kind: 'update', table: 'agents', key: { id: 'a' }, was: { message_ids: '[]' }, set: { message_ids: '["m"]' } };
const sequence: Change = { kind: 'set sequence', sequence: 's', was: '5', next: '9' };

describe('the plan of a repair', () => {
  it('takes what carries changes, each once, sequences last; the rest is advice', () => {
    const plan = planRepair(
      [
        finding('s', [sequence]),
        finding('a', [window]),
        finding('b', [window]),
        finding('c', [rename('a', 'x', 'y')]),
        finding('d', []),
        finding('n', [], { severity: 'note' }),
      ],
      target,
    );
    assert.deepEqual(
      plan.mend.map(({ code }) => code),
      ['s', 'a', 'b', 'c'],
    );
    assert.deepEqual(plan.changes, [window, rename('a', 'x', 'y'), sequence]);
    assert.deepEqual(
      plan.advice.map(({ code }) => code),
      ['d'],
    );
    assert.deepEqual(plan.later, []);
  });

  it('leaves a finding that changes the same value otherwise, or deletes the row, for later, whole', () => {
    const gone: Change = { kind: 'delete', table: 'agents', row: { id: 'b', name: 'x', message_ids: null } };
    const plan = planRepair(
      [
        finding('a', [rename('a', 'x', 'y'), rename('b', 'x', 'y')]),
        finding('b', [rename('c', 'x', 'y'), rename('a', 'x', 'z')]),
        finding('c', [gone]),
        finding('d', [window]),
      ],
      target,
    );
    assert.deepEqual(
      plan.mend.map(({ code }) => code),
      ['a', 'd'],
    );
    assert.deepEqual(
      plan.later.map(({ code }) => code),
      ['b', 'c'],
    );
    assert.ok(!plan.changes.some((change) => change.kind === 'update' && change.key.id === 'c'), 'a part of what has to wait is done');
  });

  it('takes as many changes as one record can hold, and leaves the rest for later', () => {
    const large = 'x'.repeat(3 * 1024 * 1024);
    const many = ['a', 'b', 'c', 'd'].map((id) => rename(id, large, 'y'));
    const plan = planRepair([finding('many', many), finding('after', [rename('e', large, 'y')]), finding('small', [window])], target);
    assert.deepEqual(plan.changes, [...many.slice(0, 3), window]);
    assert.deepEqual(
      plan.mend.map(({ code, count, changes }) => [code, count, changes.length]),
      [
        ['many', 4, 3],
        ['small', 1, 1],
      ],
    );
    assert.deepEqual(
      plan.later.map(({ code }) => code),
      ['many', 'after'],
    );
    const never = planRepair([finding('huge', [rename('a', 'x'.repeat(11 * 1024 * 1024), 'y')])], target);
    assert.deepEqual([never.mend, never.later, never.advice.length], [[], [], 1]);
  });

  it('has an id of its database and its changes, and of nothing else', () => {
    const id = (findings: Finding[], at = target) => planRepair(findings, at).id;
    const first = id([finding('a', [window])]);
    assert.match(first, /^[0-9a-f]{12}$/);
    assert.equal(id([finding('other', [window], { message: 'else' })]), first);
    assert.notEqual(id([finding('a', [rename('a', 'x', 'y')])]), first);
    assert.notEqual(id([finding('a', [window])], { model, identity: { ...identity, databaseOid: '6' } }), first);
  });
});

describe('what a repair must have reached', () => {
  const mended = finding('a', [], { count: 3 });
  it('is satisfied when a finding is gone, or concerns fewer rows', () => {
    assert.deepEqual(shortcomings([mended], [mended], []), []);
    assert.deepEqual(shortcomings([mended], [mended], [{ ...mended, count: 2 }]), []);
  });
  it('is not by one that is still there, and not when another error comes or grows', () => {
    assert.deepEqual(shortcomings([mended], [mended], [mended]), ['a at agents would still be there']);
    assert.deepEqual(shortcomings([], [], [finding('b', [])]), ['b at agents would be there']);
    const grown = finding('b', [], { count: 5 });
    assert.deepEqual(shortcomings([], [{ ...grown, count: 4 }], [grown]), ['b at agents would be there for 5 rows instead of 4']);
    assert.deepEqual(shortcomings([], [], [finding('check-failed', [], { severity: 'warning' })]), [
      'check-failed at agents would be there',
    ]);
    assert.deepEqual(shortcomings([], [], [finding('b', [], { severity: 'warning' })]), []);
  });
});

describe('SQL of changes', () => {
  const sql = (change: Change) => changeSql(change, { home: 'pub"lic', model });
  it('is quoted, compares json as text, and guards with what was there', () => {
    assert.equal(
      sql({ kind: 'update', table: 'agents', key: { id: `a'b` }, was: { message_ids: '[]', name: null }, set: { message_ids: '["\\n"]' } }),
      `update "pub""lic"."agents" set "message_ids" = E'["\\\\n"]' where "message_ids"::text = '[]' and "name" is null and "id" = 'a''b';`,
    );
    assert.equal(
      sql({ kind: 'insert', table: 'x"y', row: { id: '1', n: null } }),
      `insert into "pub""lic"."x""y" ("id", "n") values ('1', null);`,
    );
    assert.equal(
      sql({ kind: 'delete', table: 'agents', row: { id: '1', name: null } }),
      `delete from "pub""lic"."agents" where "id" = '1' and "name" is null;`,
    );
    assert.equal(sql({ ...sequence, sequence: `s'` }), `select setval('"pub""lic"."s''"', 9, false);`);
  });
});

describe('SQL of changes to secrets', () => {
  it('shows which is changed, and neither what it was nor what it becomes', () => {
    for (const column of ['api_key', 'api_key_enc']) {
      const sql = changeSql(
        { kind: 'update', table: 'providers', key: { id: 'p' }, was: { [column]: 'sk-old' }, set: { [column]: 'sk-new' } },
        { home: 'public', model },
      );
      assert.equal(sql, `update "public"."providers" set "${column}" = '…' where "${column}" = '…' and "id" = 'p';`);
    }
  });
});

describe('taking back', () => {
  it('goes backwards, follows a key that was changed, and knows where a sequence stood', () => {
    const was = { lastValue: '5', isCalled: true };
    const next = { lastValue: '9', isCalled: false };
    const row = { id: 'b', name: null };
    assert.deepEqual(
      takenBack([
        { kind: 'update', table: 'agents', key: { id: 'a' }, was: { id: 'a' }, set: { id: 'z' } },
        { kind: 'delete', table: 'agents', row },
        { kind: 'move sequence', sequence: 's', was, next },
      ]),
      [
        { kind: 'move sequence', sequence: 's', was: next, next: was },
        { kind: 'insert', table: 'agents', row },
        { kind: 'update', table: 'agents', key: { id: 'z' }, was: { id: 'z' }, set: { id: 'a' } },
      ],
    );
  });
});

describe('which database', () => {
  it('another server, name, number, schema or revision is another one; a promoted standby is not', () => {
    assert.deepEqual(identityDifferences(identity, { ...identity, timeline: '2' }), []);
    assert.deepEqual(identityDifferences(identity, { ...identity, systemIdentifier: '' }), []);
    assert.deepEqual(identityDifferences(identity, { ...identity, systemIdentifier: '8', home: 'letta', revisions: [] }), [
      'server 8 instead of 7',
      'schema of Letta letta instead of public',
      'revision none instead of a',
    ]);
    assert.equal(identityDifferences(identity, { ...identity, database: 'other', databaseOid: '6' }).length, 2);
  });
});
