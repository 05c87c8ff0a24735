import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Finding } from '../../../src/verify/finding.ts';
import { testServer } from '../../support/postgres.ts';
import { told } from './found.ts';
import { type PlantedDatabase, plantedDatabase } from './planted.ts';

for (const release of ['0.11.3', '0.16.8'] as const) {
  describe(`work under way in letta-${release}`, () => {
    const runs = release === '0.11.3' ? 'jobs' : 'runs';
    let database: PlantedDatabase;
    let ended: string;
    let step: string;
    before(async () => {
      database = await plantedDatabase(await testServer(), `letta-${release}`, { encryptionKey: null });
      const smallest = async (sql: string) => (await database.query(sql))[0]?.id ?? assert.fail(sql);
      ended = await smallest(`select min(id) as id from ${runs} where status = 'completed' and callback_url is null`);
      step = await smallest('select min(id) as id from steps');
    });
    after(() => database[Symbol.asyncDispose]());

    /** The ids that were there before, and one more. */
    const with1 = (where: string, id: string, code = 'work-unfinished'): string[] =>
      [...(database.clean.find((finding) => finding.code === code && finding.where === where)?.ids ?? []), id].sort();
    const update = (set: string) => `update ${runs} set ${set} where id = '${ended}'`;

    test('what the fixtures were left with', () => {
      const work = database.clean.filter(({ code }) => code === 'work-unfinished');
      const places = ['jobs.status', 'llm_batch_job.status', 'llm_batch_items.request_status'];
      assert.deepEqual(
        work.map(({ where }) => where),
        release === '0.11.3' ? places : ['runs.status', ...places],
      );
      assert.match(work[0]?.message ?? '', /not ended: .*1 .*running; \d older than an hour, the oldest from 2026-11-20 /);
    });

    test('a run that goes on for ever', async () => {
      const findings = await database.plant(update(`status = 'running', created_at = '2026-10-01T00:00:00Z'`));
      assert.deepEqual(told(findings), [{ code: 'work-unfinished', where: `${runs}.status`, ids: with1(`${runs}.status`, ended) }]);
      assert.equal(findings[0]?.severity, 'warning');
      assert.match(findings[0].message, /the oldest from 2026-10-01 00:00:00 UTC$/);
    });

    test('a step that is a minute old may be under way', async () => {
      const spoil = `update steps set status = 'PENDING', created_at = '2026-11-20T23:59:00Z' where id = '${step}'`;
      const [finding, ...more] = await database.plant(spoil);
      assert.deepEqual([finding?.where, finding?.severity, finding?.ids, more], ['steps.status', 'note', [step], []]);
      const [old] = await database.plant(spoil, `update steps set created_at = '2026-11-20T00:00:00Z' where id = '${step}'`);
      assert.equal(old?.severity, 'warning');
    });

    test('a run of a status that the release does not know', async () => {
      const findings = await database.plant(update(`status = 'not_started'`));
      assert.deepEqual(told(findings), [{ code: 'status-unknown', where: `${runs}.status`, ids: [ended] }]);
      assert.deepEqual(
        told(await database.plant(update(`status = 'expired'`))),
        release === '0.11.3' ? [] : [{ code: 'status-unknown', where: 'runs.status', ids: [ended] }],
      );
    });

    test('an address to call', async () => {
      const url = 'https://example.invalid/hook?token=made-up';
      assert.deepEqual(await database.plant(update(`callback_url = '${url}'`)), []);
      const findings = await database.plant(update(`callback_url = '${url}', status = 'running', completed_at = null`));
      assert.deepEqual(told(findings), [
        { code: 'work-unfinished', where: `${runs}.status`, ids: with1(`${runs}.status`, ended) },
        { code: 'callback-pending', where: `${runs}.callback_url`, ids: with1(`${runs}.callback_url`, ended, 'callback-pending') },
      ]);
      assert.ok(!JSON.stringify(findings).includes('made-up'), 'the address may hold a secret');
    });
  });
}

describe('what only newer releases have', () => {
  const only = (findings: readonly Finding[], code: string) => told(findings.filter((finding) => finding.code === code));

  test('a reason for stopping that nobody knows, in every table that has one', async () => {
    await using database = await plantedDatabase(await testServer(), 'letta-0.16.8', { encryptionKey: null });
    for (const [table, column] of [
      ['agents', 'last_stop_reason'],
      ['steps', 'stop_reason'],
      ['runs', 'stop_reason'],
      ['jobs', 'stop_reason'],
    ]) {
      const [row] = await database.query(`select min(id) as id from ${table}`);
      const stop = (reason: string) => database.plant(`update ${table} set ${column} = '${reason}' where id = '${row?.id}'`);
      assert.deepEqual(told(await stop('from_tomorrow')), [{ code: 'stop-reason-unknown', where: `${table}.${column}`, ids: [row?.id] }]);
      assert.deepEqual(await stop('insufficient_credits'), []);
    }
  });

  test('0.16.2 does not know a reason of 0.16.5', async () => {
    await using database = await plantedDatabase(await testServer(), 'letta-0.16.2', { encryptionKey: null });
    const [row] = await database.query('select min(id) as id from steps');
    const findings = await database.plant(`update steps set stop_reason = 'insufficient_credits' where id = '${row?.id}'`);
    assert.deepEqual(told(findings), [{ code: 'stop-reason-unknown', where: 'steps.stop_reason', ids: [row?.id] }]);
  });

  test('a run that cannot be cancelled', async () => {
    await using database = await plantedDatabase(await testServer(), 'letta-0.16.8', { encryptionKey: null });
    const [row] = await database.query(`select id from runs where status = 'running'`);
    const findings = await database.plant(`delete from run_metrics where id = '${row?.id}'`);
    assert.deepEqual(told(findings), [{ code: 'run-without-metrics', where: 'runs', ids: [row?.id] }]);
    const mended = findings[0]?.repair?.replace('id = …', `id = '${row?.id}'`) ?? assert.fail('no repair');
    assert.deepEqual(await database.plant(`delete from run_metrics where id = '${row?.id}'`, mended), []);
  });

  test('a run that an upgrade left among the jobs', async () => {
    await using database = await plantedDatabase(await testServer(), 'letta-0.16.8', { encryptionKey: null });
    const left = 'run-11111111-1111-4111-8111-111111111111';
    const copy = `insert into jobs select (jsonb_populate_record(j, '{"id": "${left}", "status": "completed", "callback_url": null}')).* from jobs j where j.id = (select min(id) from jobs)`;
    assert.deepEqual(told(await database.plant(copy)), [{ code: 'run-left-in-jobs', where: 'jobs.id', ids: [left] }]);
    await using older = await plantedDatabase(await testServer(), 'letta-0.11.3', { encryptionKey: null });
    assert.deepEqual(only(older.clean, 'run-left-in-jobs'), []);
    await using upgraded = await plantedDatabase(await testServer(), 'oracle-0.11.3-to-0.16.8', { encryptionKey: null });
    const [finding] = upgraded.clean.filter(({ code }) => code === 'run-left-in-jobs');
    assert.deepEqual([finding?.count, finding?.ids.length], [64, 20]);
  });
});
