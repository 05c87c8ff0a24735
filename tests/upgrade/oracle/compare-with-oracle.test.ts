import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadFixture } from '../../support/fixtures.ts';
import { testServer } from '../../support/postgres.ts';
import { compareWithOracle } from './compare-with-oracle.ts';
import type { ExpectedDifference, OracleRelease } from './expected-differences.ts';

/** The comparison itself must be able to fail: upstream's own result against itself, altered. */
describe('the comparison with upstream’s result', () => {
  const name = 'oracle-0.11.3-to-0.16.8';
  const renamed: ExpectedDifference = {
    at: ['0.16.8'],
    table: 'agents',
    kind: 'value',
    column: 'name',
    ours: `t.name = 'Somebody else'`,
    upstream: `t.name = 'Memo'`,
    count: 1,
    because: 'the test renamed it',
  };
  const compare = async (change: string, expected: ExpectedDifference[] = []) => {
    const server = await testServer();
    await using ours = await loadFixture(server, name);
    await using upstream = await loadFixture(server, name);
    if (change) await ours.query(change);
    return await compareWithOracle(ours, upstream, '0.16.8', expected);
  };
  const rename = `update agents set name = 'Somebody else' where name = 'Memo'`;

  test('finds nothing in two copies, though ciphertexts are opened', async () => {
    assert.deepEqual(await compare(''), []);
  });

  test('finds one altered value, one missing row, one new row, an altered secret, a sequence', async () => {
    assert.match(only(await compare(rename)), /^unexpected: agents\.name value at agent-.*: Somebody else ≠ Memo$/);
    assert.match(
      only(await compare(`delete from agents_tags where ctid = (select min(ctid) from agents_tags)`)),
      /^unexpected: agents_tags only upstream/,
    );
    assert.match(
      only(await compare(`insert into organizations (id, name, privileged_tools) values ('org-new', 'New', false)`)),
      /^unexpected: organizations only ours at org-new/,
    );
    assert.match(
      only(await compare(`update providers set api_key_enc = api_key where api_key_enc is not null`)),
      /^unexpected: providers\.api_key_enc value/,
    );
    assert.match(only(await compare(`select nextval('message_seq_id')`)), /^unexpected: \(sequences\)\.next value at message_seq_id/);
  });

  test('finds a table, a column and a type that are not the same', async () => {
    assert.match(only(await compare('drop table blocks_tags')), /blocks_tags schema .*the table is only upstream/);
    assert.match(
      only(await compare('alter table agents drop column entity_id')),
      /agents\.entity_id schema .*not there ≠ character varying/,
    );
    assert.match(
      only(await compare('alter table agents alter entity_id type text')),
      /agents\.entity_id schema .*text ≠ character varying/,
    );
  });

  test('takes what is expected, and only that', async () => {
    assert.deepEqual(await compare(rename, [renamed]), []);
    assert.match(only(await compare(`update agents set name = 'Another' where name = 'Memo'`)), /^unexpected/);
    assert.deepEqual(await compare('', [{ ...renamed, at: ['0.16.2'] }]), []);
  });

  test('refuses an entry that can never apply, at whatever target', async () => {
    assert.match(only(await compare('', [{ ...renamed, count: 0 }])), /^never applies: agents\.name value is expected 0 times/);
    assert.match(only(await compare('', [{ ...renamed, at: [] }])), /^never applies: agents\.name value is expected at no release/);
    const elsewhere = { ...renamed, at: ['0.11.3' as OracleRelease] };
    assert.match(only(await compare('', [elsewhere])), /^never applies: .* at 0\.11\.3, which is not compared/);
    assert.match(only(await compare(rename, [{ ...renamed, at: ['0.16.8', ...elsewhere.at] }])), /^never applies: .* at 0\.11\.3/);
  });

  test('refuses a stale entry, a wrong count, and two entries for one difference', async () => {
    assert.match(only(await compare('', [renamed])), /^stale: agents\.name value is expected 1 times and found 0 times/);
    assert.match(only(await compare(rename, [{ ...renamed, count: 2 }])), /^stale: .* 2 times and found 1 times/);
    assert.match(only(await compare(rename, [renamed, { ...renamed, because: 'twice' }])), /^claimed by 2 entries: agents\.name/);
  });
});

function only(problems: string[]): string {
  assert.equal(problems.length, 1, problems.join('\n'));
  return problems[0] ?? '';
}
