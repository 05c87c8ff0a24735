import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decryptSecret, encryptSecret } from '../../src/letta/secret.ts';
import { encryptedColumns } from '../../src/letta/secret-columns.ts';
import { silentReporter } from '../../src/report/progress.ts';
import { carrySecrets } from '../../src/upgrade/secrets/carry-secrets.ts';
import { rekeySecrets } from '../../src/upgrade/secrets/rekey-secrets.ts';
import { verifySecrets } from '../../src/upgrade/secrets/verify-secrets.ts';
import { setAside } from '../../src/upgrade/set-aside.ts';
import { fixtureEncryptionKey as key } from '../support/fixtures.ts';
import { fixtureAsBuilt } from './fixture-as-built.ts';
import { secrets } from './secrets.ts';

const common = { reporter: silentReporter, signal: new AbortController().signal };
const toKey = 'the next key';

/** Letta 0.16.8 with a secret in each of the ten columns: its own server was given no access key. */
async function withEverySecret() {
  const built = await fixtureAsBuilt('letta-0.16.8');
  await built.query(`update providers set access_key_enc = $1 where id = (select min(id) from providers)`, [secrets.token.sealed]);
  for (const { table, column } of encryptedColumns) {
    const [row] = await built.query(`select count(*) as n from ${table} where ${column} <> ''`);
    assert.ok(Number(row?.n) > 0, `nothing in ${table}.${column}`);
  }
  return built;
}

describe('rekeying', () => {
  it('opens all ten columns with the old key and closes them with the new one, sixty values and one in clear', async () => {
    await using built = await withEverySecret();
    const values = await Promise.all(Array.from({ length: 56 }, (_, i) => (i === 0 ? 'sk-in-clear' : encryptSecret(`secret ${i}`, key))));
    await built.query(
      `insert into sandbox_environment_variables (id, key, value, value_enc, organization_id, sandbox_config_id, is_deleted)
         select 'sandbox-env-' || gen_random_uuid(), 'K' || n, '', v, s.organization_id, s.id, false
           from unnest($1::text[]) with ordinality as u (v, n), (select * from sandbox_configs limit 1) s`,
      [values],
    );
    const before = new Map<string, (string | null)[]>();
    const read = async (name: string, table: string) =>
      (await built.query(`select ${name} as value from ${table} where coalesce(${name}, '') <> '' order by id`)).map(
        ({ value }) => value ?? '',
      );
    for (const { table, column } of encryptedColumns)
      before.set(
        `${table}.${column}`,
        await Promise.all((await read(column, table)).map(async (value) => (await decryptSecret(value, key)) ?? value)),
      );
    let told = 0;
    const reporter = {
      ...silentReporter,
      progress: ({ rows = 0 }) => {
        told = Math.max(told, rows);
      },
    };
    const result = await rekeySecrets(built, { ...common, reporter, fromKey: key, toKey });
    assert.deepEqual(
      result.losses.filter((loss) => loss.class !== 'derived'),
      [],
    );
    const total = [...before.values()].reduce((sum, of) => sum + of.length, 0);
    assert.ok(total >= 60);
    assert.equal(
      result.columns.reduce((sum, { rekeyed, encrypted }) => sum + rekeyed + encrypted, 0),
      total,
    );
    assert.deepEqual(
      result.columns.flatMap(({ column, table, encrypted }) => (encrypted > 0 ? [[table, column, encrypted]] : [])),
      [['sandbox_environment_variables', 'value_enc', 1]],
    );
    assert.equal(result.columns.length, 10);
    for (const { table, column, rekeyed, encrypted } of result.columns) {
      assert.ok(rekeyed > 0, `${table}.${column}`);
      assert.equal(rekeyed + encrypted, before.get(`${table}.${column}`)?.length);
    }
    for (const { table, column } of encryptedColumns)
      assert.deepEqual(
        await Promise.all((await read(column, table)).map((value) => decryptSecret(value, toKey))),
        before.get(`${table}.${column}`),
      );
    assert.ok(told >= total);
    const verified = await verifySecrets(built, { ...common, key: toKey, snapshotKey: key, encryptedIn: () => null });
    assert.deepEqual(verified.findings, []);
    assert.ok(verified.checked >= total);
    await built.query(`update providers set api_key_enc = $1 where api_key_enc is not null`, [await encryptSecret('other', toKey)]);
    assert.ok((await verifySecrets(built, { ...common, key: toKey, snapshotKey: key, encryptedIn: () => null })).findings.length > 0);
  });

  it('fails the proof where it skipped a column, each of the ten', async () => {
    await using built = await withEverySecret();
    const before = new Map<string, Record<string, string>[]>();
    for (const { table, column } of encryptedColumns)
      before.set(`${table}.${column}`, await built.query(`select id, ${column} as value from ${table} where ${column} <> '' order by id`));
    await rekeySecrets(built, { ...common, fromKey: key, toKey });
    const findings = async () =>
      (await verifySecrets(built, { ...common, key: toKey, snapshotKey: key, encryptedIn: () => null })).findings;
    assert.deepEqual(await findings(), []);
    for (const { table, column } of encryptedColumns) {
      // As if it had never come by: the snapshot's values, and none of them logged as altered.
      const old = JSON.stringify(before.get(`${table}.${column}`));
      const exchange = `update ${table} t set ${column} = o.value from json_to_recordset($1::json) as o (id text, value text) where o.id = t.id`;
      const anew = JSON.stringify(await built.query(`select id, ${column} as value from ${table} where ${column} <> ''`));
      await built.query(exchange, [old]);
      const logged = await built.query(`delete from lifeboat_source.altered where table_name = $1 and column_name = $2 returning *`, [
        table,
        column,
      ]);
      assert.deepEqual(
        await findings(),
        (before.get(`${table}.${column}`) ?? []).map(({ id }) => ({
          table,
          column,
          id,
          problem: `${column} is not encrypted with the new key`,
        })),
      );
      await built.query(exchange, [anew]);
      await built.query(
        `insert into lifeboat_source.altered select * from json_populate_recordset(null::lifeboat_source.altered, $1::json)`,
        [JSON.stringify(logged)],
      );
    }
    assert.deepEqual(await findings(), []);
  });

  it('names what the old key does not open and leaves it', async () => {
    await using built = await fixtureAsBuilt('letta-0.16.8');
    const result = await rekeySecrets(built, { ...common, fromKey: 'not the old key', toKey });
    // They are in the loss report, and no proof fails over them.
    assert.deepEqual(
      (await verifySecrets(built, { ...common, key: toKey, snapshotKey: 'not the old key', encryptedIn: () => null })).findings,
      [],
    );
    assert.ok(result.losses.length > 0 && result.losses.every((loss) => loss.class === 'dropped' && loss.examples.length > 0));
    assert.equal(
      result.columns.reduce((sum, { failed }) => sum + failed, 0),
      result.losses.reduce((sum, loss) => sum + loss.rows, 0),
    );
    assert.deepEqual(await built.query('select 1 from lifeboat_source.altered').catch(() => []), []);
    const failed = result.losses.reduce((sum, loss) => sum + loss.rows, 0);
    await rekeySecrets(built, { ...common, fromKey: key, toKey });
    const again = await rekeySecrets(built, { ...common, fromKey: key, toKey });
    assert.equal(
      again.columns.reduce((sum, { already }) => sum + already, 0),
      failed,
    );
  });

  it('rows that were set aside before the rekeying are missed by it, which the proof sees', async () => {
    await using built = await withEverySecret();
    const [row] = await built.query(`select id from agent_environment_variables where value_enc <> '' order by id limit 1`);
    await setAside(built, { table: 'agent_environment_variables', where: `t.id = '${row?.id}'`, reason: 'planted' });
    await rekeySecrets(built, { ...common, fromKey: key, toKey });
    assert.deepEqual((await verifySecrets(built, { ...common, key: toKey, snapshotKey: key, encryptedIn: () => null })).findings, [
      { table: 'agent_environment_variables', column: 'value_enc', id: row?.id, problem: 'value_enc is not encrypted with the new key' },
    ]);
  });

  it('follows an upgrade: what was filled with the old key has the new one', async () => {
    await using built = await fixtureAsBuilt('oracle-0.11.3-to-0.16.8', { from: '0.11.3' });
    await carrySecrets(built, { ...common, key, encryptedIn: () => null });
    await rekeySecrets(built, { ...common, fromKey: key, toKey });
    assert.deepEqual((await verifySecrets(built, { ...common, key: toKey, snapshotKey: key, encryptedIn: () => null })).findings, []);
    for (const { value, value_enc } of await built.query(`select value, value_enc from agent_environment_variables where value <> ''`))
      assert.equal(await decryptSecret(value_enc ?? '', toKey), value);
  });

  it('stops when it is told to', async () => {
    await using built = await fixtureAsBuilt('letta-0.16.8');
    await assert.rejects(rekeySecrets(built, { ...common, signal: AbortSignal.abort(), fromKey: key, toKey }), { name: 'AbortError' });
  });
});
