import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decryptSecret, encryptSecret } from '../../src/letta/secret.ts';
import { encryptedColumns } from '../../src/letta/secret-columns.ts';
import { silentReporter } from '../../src/report/progress.ts';
import { carrySecrets } from '../../src/upgrade/secrets/carry-secrets.ts';
import { verifySecrets } from '../../src/upgrade/secrets/verify-secrets.ts';
import { fixtureEncryptionKey as key } from '../support/fixtures.ts';
import { type FixtureAsBuilt, fixtureAsBuilt } from './fixture-as-built.ts';

const options = {
  reporter: silentReporter,
  signal: new AbortController().signal,
  encryptedIn: (table: string) => `lifeboat_source.${table}`,
};

type Values = Record<string, Record<string, string | null>>;

/** `table.column` → id → value, empty ones left out. */
async function values({ query }: FixtureAsBuilt, side: 'column' | 'plaintext'): Promise<Values> {
  const found: Values = {};
  for (const pair of encryptedColumns) {
    const rows = await query(
      `select id, ${pair[side]}::text as value from ${pair.table} where coalesce(${pair[side]}::text, '') not in ('', 'null') order by id`,
    );
    found[`${pair.table}.${pair.column}`] = Object.fromEntries(rows.map(({ id = '', value }) => [id, value ?? null]));
  }
  return found;
}

async function decrypted(all: Values): Promise<Values> {
  const result: Values = {};
  for (const [name, of] of Object.entries(all)) {
    const opened = await Promise.all(Object.entries(of).map(async ([id, value]) => [id, await decryptSecret(value ?? '', key)] as const));
    result[name] = Object.fromEntries(opened);
  }
  return result;
}

/** The oracle's rows as an upgrade from 0.11.3 has them before this pass: nothing encrypted yet. */
async function fromOldServer(to: string): Promise<FixtureAsBuilt> {
  const built = await fixtureAsBuilt('oracle-0.11.3-to-0.16.8', { from: '0.11.3', to });
  for (const { table, column } of encryptedColumns) await built.query(`update ${table} set ${column} = null`);
  return built;
}

/** A database of 0.16.8 on its way to a release without `_enc` columns. */
async function toOldServer(): Promise<FixtureAsBuilt> {
  const built = await fixtureAsBuilt('letta-0.16.8', { to: '0.11.3' });
  await built.query('create schema lifeboat_source');
  for (const table of new Set(encryptedColumns.map((each) => each.table))) {
    const columns = encryptedColumns.filter((each) => each.table === table).map(({ column }) => column);
    await built.query(`create table lifeboat_source.${table} as select id, ${columns.join(', ')} from public.${table}`);
    await built.query(`alter table public.${table} ${columns.map((column) => `drop column ${column}`).join(', ')}`);
  }
  return built;
}

const withoutEmpty = (all: Values): Values =>
  Object.fromEntries(
    Object.entries(all).map(([name, of]) => [name, Object.fromEntries(Object.entries(of).filter(([, value]) => value !== ''))]),
  );

const rows = (losses: { class: string; table: string; column: string | null; rows: number }[]) =>
  losses.map((loss) => `${loss.class} ${loss.table}.${loss.column} ${loss.rows}`);

describe('secrets upwards', () => {
  it('all ten columns are encrypted with the key and can be read; the second route agrees', async () => {
    await using built = await fromOldServer('0.16.8');
    const plain = await values(built, 'plaintext');
    const { losses, warnings, columns } = await carrySecrets(built, { ...options, key });
    assert.deepEqual(withoutEmpty(await decrypted(await values(built, 'column'))), plain);
    assert.deepEqual(await values(built, 'plaintext'), plain);
    assert.equal(columns.length, 10);
    assert.deepEqual(warnings, []);
    assert.ok(losses.every((loss) => loss.class === 'derived'));
    assert.equal(losses.find(({ table }) => table === 'agent_environment_variables')?.rows, 7);
    const checked = await verifySecrets(built, { ...options, key });
    assert.deepEqual(checked.findings, []);
    assert.ok(checked.checked >= 7);
    assert.deepEqual(rows((await carrySecrets(built, { ...options, key })).losses), []);
  });

  it('what Letta itself had encrypted on the way says the same', async () => {
    await using oracle = await fixtureAsBuilt('oracle-0.11.3-to-0.16.8', { from: '0.11.3' });
    const theirs = await decrypted(await values(oracle, 'column'));
    const { columns } = await carrySecrets(oracle, { ...options, key });
    const ours = await decrypted(await values(oracle, 'column'));
    for (const [name, of] of Object.entries(theirs)) assert.deepEqual({ ...ours[name], ...of }, ours[name], name);
    const env = columns.find(({ table }) => table === 'agent_environment_variables')?.counts;
    assert.equal(env?.encrypted, 7);
    assert.equal(columns.find(({ column }) => column === 'api_key_enc')?.counts.encrypted, 0);
  });

  it('without a key they are put in clear, every one of 2,500, except what looks like a ciphertext to the target', async () => {
    for (const [to, lookalikes] of [
      ['0.16.2', false],
      ['0.16.8', true],
    ] as const) {
      await using built = await fromOldServer(to);
      await built.query('truncate sandbox_environment_variables');
      await built.query(
        `insert into sandbox_environment_variables (id, key, value, organization_id, sandbox_config_id, is_deleted)
           select 'sandbox-env-' || gen_random_uuid(), 'K' || i, case when i % 500 = 0 then repeat('Ab1+', 20) || i || 'x' else 'secret ' || i end, s.organization_id, s.id, false
             from generate_series(1, 2500) i, (select * from sandbox_configs limit 1) s`,
      );
      await built.query(`update sandbox_environment_variables set value = repeat('Ab1+', 20) where value like 'Ab1+%'`);
      const { losses, columns } = await carrySecrets(built, { ...options, key: null });
      const [count] = await built.query(
        `select count(*) filter (where value_enc = value)::int as same, count(*) filter (where value_enc is null)::int as none from sandbox_environment_variables`,
      );
      assert.deepEqual(count, lookalikes ? { same: 2500, none: 0 } : { same: 2495, none: 5 });
      const counts = columns.find(({ table }) => table === 'sandbox_environment_variables')?.counts;
      assert.equal((counts?.['in clear'] ?? 0) + (counts?.['needs key'] ?? 0), 2500);
      const lost = losses.filter((loss) => loss.class === 'dropped');
      assert.deepEqual(rows(lost), [
        'dropped agent_environment_variables.value_enc 2',
        ...(lookalikes ? [] : ['dropped sandbox_environment_variables.value_enc 5']),
      ]);
      assert.deepEqual((await verifySecrets(built, { ...options, key: null })).findings, []);
    }
  });

  it('ciphertexts stay as they are without a key, with a warning and a line per column, and forbid lookalikes', async () => {
    await using built = await fixtureAsBuilt('letta-0.16.2', { to: '0.16.8' });
    await built.query(`update sandbox_environment_variables set value = $1, value_enc = null`, ['Ab1+'.repeat(20)]);
    const before = await values(built, 'column');
    const { losses, warnings } = await carrySecrets(built, { ...options, key: null });
    assert.deepEqual(await values(built, 'column'), before);
    assert.deepEqual(
      warnings.map(({ code, partial }) => [code, partial]),
      [['secrets-unchecked', true]],
    );
    assert.match(warnings[0]?.message ?? '', /agent_environment_variables\.value_enc \(\d+\).*would send the ciphertext itself/);
    // A line per column with a ciphertext, with all its rows.
    const sealed = Object.entries(before).flatMap(([name, of]) => (Object.keys(of).length > 0 ? [[name, Object.keys(of).length]] : []));
    const unchecked = losses.filter((loss) => loss.class === 'unchecked');
    assert.ok(sealed.length > 3);
    assert.deepEqual(
      unchecked.map((loss) => [`${loss.table}.${loss.column}`, loss.rows]),
      sealed,
    );
    assert.ok(unchecked.every(({ reason, examples }) => reason.includes('would send the ciphertext itself') && examples.length > 0));
    assert.deepEqual(
      [...new Set(losses.filter((loss) => loss.class !== 'unchecked').map((loss) => `${loss.table} ${loss.class}`))],
      ['sandbox_environment_variables dropped'],
    );
  });

  it('a wrong key: environment variables set aside, the others emptied, all of it named', async () => {
    await using built = await fixtureAsBuilt('letta-0.16.2', { to: '0.16.8' });
    const before = await values(built, 'column');
    const { losses } = await carrySecrets(built, { ...options, key: 'wrong' });
    const named = losses.filter((loss) => loss.class !== 'derived').reduce((sum, loss) => sum + loss.rows, 0);
    assert.equal(
      named,
      Object.values(before).reduce((sum, of) => sum + Object.keys(of).length, 0),
    );
    assert.deepEqual(
      Object.values(await values(built, 'column')).flatMap((of) => Object.keys(of)),
      [],
    );
    const env = losses.find(({ table }) => table === 'agent_environment_variables');
    assert.equal(env?.class, 'set aside');
    assert.ok(env && env.agents.length > 0 && env.examples[0]?.startsWith('id=agent-env-'));
    assert.deepEqual(await built.query('select id from lifeboat_set_aside.agent_environment_variables where value_enc is null'), []);
    const text = JSON.stringify(losses);
    assert.ok(!Object.values(before).some((of) => Object.values(of).some((value) => text.includes(value ?? '?'))));
    const { findings } = await verifySecrets(built, { ...options, key });
    assert.ok(findings.length > 0 && findings.every(({ problem }) => problem.startsWith('a secret that can be read was taken out')));
  });

  it('one value of another key does not take the others with it', async () => {
    await using built = await fixtureAsBuilt('letta-0.16.2', { to: '0.16.8' });
    const [{ id } = { id: '' }] = await built.query('select id from providers where api_key_enc is not null order by id');
    await built.query('update providers set api_key_enc = $1 where id = $2', [await encryptSecret('x', 'another key'), id]);
    const { losses } = await carrySecrets(built, { ...options, key });
    assert.deepEqual(rows(losses.filter((loss) => loss.class === 'dropped')), ['dropped providers.api_key_enc 1']);
    assert.deepEqual(losses.find((loss) => loss.class === 'dropped')?.examples, [`id=${id}`]);
    assert.deepEqual(await built.query('select api_key_enc from providers where id = $1', [id]), [{ api_key_enc: null }]);
    assert.deepEqual((await verifySecrets(built, { ...options, key })).findings, []);
  });
});

describe('secrets downwards', () => {
  it('are decrypted into the columns that the older server reads', async () => {
    await using built = await toOldServer();
    // Headers that are none, in clear among the encrypted ones.
    await built.query(
      `update lifeboat_source.mcp_server set custom_headers_enc = '{}' where id = (select min(id) from mcp_server where custom_headers is null)`,
    );
    const all = await built.query(
      'select id, value_enc from lifeboat_source.agent_environment_variables where value_enc is not null order by id',
    );
    const secrets = new Map(
      await Promise.all(all.map(async ({ id, value_enc }) => [id, await decryptSecret(value_enc ?? '', key)] as const)),
    );
    const sealed = all.filter(({ id }) => secrets.get(id) !== '');
    assert.ok(sealed.length < all.length); // Letta encrypts empty texts too
    const { losses } = await carrySecrets(built, { ...options, key });
    for (const { id } of all)
      assert.deepEqual(await built.query('select value from agent_environment_variables where id = $1', [id]), [
        { value: secrets.get(id) },
      ]);
    const [headers] = await built.query<{ custom_headers: object }>(
      'select custom_headers from mcp_server where custom_headers is not null',
    );
    assert.equal(typeof headers?.custom_headers, 'object');
    assert.ok(rows(losses).includes(`derived agent_environment_variables.value ${sealed.length}`));
    assert.deepEqual((await verifySecrets(built, { ...options, key })).findings, []);
    await built.query(`update agent_environment_variables set value = value || 'x' where id = $1`, [sealed[0]?.id]);
    assert.deepEqual(
      (await verifySecrets(built, { ...options, key })).findings.map(({ table, id }) => [table, id]),
      [['agent_environment_variables', sealed[0]?.id]],
    );
  });

  it('without the key, or with another, each column is named with its rows; nothing is written', async () => {
    for (const other of [null, 'wrong']) {
      await using built = await toOldServer();
      const [{ n } = { n: '' }] = await built.query(
        'select count(*) as n from lifeboat_source.agent_environment_variables where value_enc is not null',
      );
      const { losses } = await carrySecrets(built, { ...options, key: other });
      assert.ok(losses.length > 3 && losses.every((loss) => loss.class === 'dropped'));
      assert.ok(rows(losses).includes(`dropped agent_environment_variables.value_enc ${n}`));
      assert.deepEqual(await built.query(`select value from agent_environment_variables where value <> ''`), []);
      const { findings } = await verifySecrets(built, { ...options, key });
      assert.ok(findings.length > 3 && findings.every(({ problem }) => problem.includes('is empty')));
    }
  });

  it('are not forgotten when the relation with the ciphertexts lacks a column', async () => {
    await using built = await toOldServer();
    await built.query('alter table lifeboat_source.providers drop column api_key_enc');
    await assert.rejects(carrySecrets(built, { ...options, key }), /lifeboat_source\.providers has no column api_key_enc/);
  });

  it('to a release that reads both columns, both are filled', async () => {
    await using built = await fixtureAsBuilt('letta-0.16.2', { to: '0.15.1' });
    const sealed = await values(built, 'column');
    await carrySecrets(built, { ...options, key });
    assert.deepEqual(await values(built, 'column'), sealed);
    const plain = await values(built, 'plaintext');
    const secrets = await decrypted(sealed);
    for (const [name, of] of Object.entries(secrets))
      for (const [id, secret] of Object.entries(of)) {
        const json = name.endsWith('custom_headers_enc');
        if (secret === '') continue;
        assert.deepEqual(json ? JSON.parse(plain[name]?.[id] ?? '') : plain[name]?.[id], json ? JSON.parse(secret ?? '') : secret, name);
      }
    assert.deepEqual((await verifySecrets(built, { ...options, key })).findings, []);
  });

  it('and what is filled is named, also where the encrypted column needs a key', async () => {
    await using built = await fixtureAsBuilt('letta-0.16.2', { to: '0.15.1' });
    for (const { table, column } of encryptedColumns) await built.query(`update ${table} set ${column} = null`);
    await built.query(
      `update agent_environment_variables set value = '', value_enc = $1 where id = (select min(id) from agent_environment_variables)`,
      ['long '.repeat(20)],
    );
    // Python skips the spaces, and what is left is base64.
    const { losses } = await carrySecrets(built, { ...options, key: null });
    assert.deepEqual(rows(losses).toSorted(), [
      'derived agent_environment_variables.value 1',
      'dropped agent_environment_variables.value_enc 1',
    ]);
  });
});

describe('the second route', () => {
  it('finds a written secret that was tampered with, removed, or replaced by another valid one', async () => {
    await using built = await fromOldServer('0.16.8');
    await carrySecrets(built, { ...options, key });
    const ids = (await built.query('select id from agent_environment_variables where value_enc is not null order by id')).map(
      ({ id }) => id ?? '',
    );
    await built.query(`update agent_environment_variables set value_enc = overlay(value_enc placing 'AAAA' from 41) where id = $1`, [
      ids[0],
    ]);
    await built.query('update agent_environment_variables set value_enc = null where id = $1', [ids[1]]);
    await built.query('update agent_environment_variables set value_enc = $2 where id = $1', [ids[2], await encryptSecret('other', key)]);
    const { findings } = await verifySecrets(built, { ...options, key });
    assert.deepEqual(
      findings.map(({ id, problem }) => [id, problem]),
      [
        [ids[0], 'what was written to value_enc cannot be decrypted'],
        [ids[1], 'value_enc is empty, and value of the snapshot is not'],
        [ids[2], 'what was written to value_enc is not the secret that the snapshot holds'],
      ],
    );
  });
});
