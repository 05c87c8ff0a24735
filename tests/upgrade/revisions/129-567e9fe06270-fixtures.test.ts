import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestDatabase } from '../../support/postgres.ts';
import { upgradeDatabase, upgradeFixture } from '../upgrade-fixture.ts';

/** Which message and which step is of which run, as a server below or from 0.12.0 on keeps it. */
async function relation(database: TestDatabase, column: 'job_id' | 'run_id'): Promise<string[]> {
  const messages =
    column === 'run_id'
      ? 'select id, run_id from messages where run_id is not null'
      : `select l.message_id, l.job_id from job_messages l
         union select m.id, s.job_id from messages m join steps s on s.id = m.step_id
          where s.job_id is not null and not exists (select from job_messages l where l.message_id = m.id)`;
  const rows = await database.query<{ line: string }>(
    `select concat(q.*) as line from (${messages} union all select id, ${column} from steps where ${column} is not null) q order by 1`,
  );
  return rows.map(({ line }) => line);
}

async function count(database: TestDatabase, sql: string): Promise<number> {
  const [row] = await database.query<{ n: string }>(`select count(*) as n from ${sql}`);
  return Number(row?.n);
}

describe('the runs of real servers', () => {
  for (const release of ['0.16.2', '0.16.8']) {
    it(`0.11.3 → ${release} → 0.11.3: all 64 keep their messages and steps`, async () => {
      await using up = await upgradeFixture('letta-0.11.3', release);
      const before = await relation(up.source, 'job_id');
      assert.equal(before.length, 133 + 57);
      assert.deepEqual(up.result.wrong, []);
      assert.deepEqual(await relation(up.built, 'run_id'), before);
      assert.equal(await count(up.built, 'runs'), 64);
      assert.equal(await count(up.built, 'run_metrics'), 64);
      assert.equal(await count(up.built, `jobs where job_type = 'run'`), 0);
      const wrong = `runs r join run_metrics m on m.id = r.id where m.num_steps <> (select count(*) from steps s where s.run_id = r.id)`;
      assert.equal(await count(up.built, wrong), 0);

      await using down = await upgradeDatabase(await up.built.copy(), '0.11.3');
      assert.deepEqual(down.result.wrong, []);
      assert.deepEqual(await relation(down.built, 'job_id'), before);
      assert.equal(await count(down.built, `jobs where job_type = 'run'`), 64);
    });
  }

  it('0.16.8 → 0.11.3 → 0.16.8: all 70 keep their messages and steps', async () => {
    await using down = await upgradeFixture('letta-0.16.8', '0.11.3');
    const before = await relation(down.source, 'run_id');
    assert.equal(before.length, 194 + 82);
    assert.deepEqual(down.result.wrong, []);
    assert.deepEqual(await relation(down.built, 'job_id'), before);
    await using up = await upgradeDatabase(await down.built.copy(), '0.16.8');
    assert.deepEqual(up.result.wrong, []);
    assert.deepEqual(await relation(up.built, 'run_id'), before);
    assert.equal(await count(up.built, 'runs'), 70);
    assert.equal(await count(up.built, 'run_metrics'), 70);
  });
});
