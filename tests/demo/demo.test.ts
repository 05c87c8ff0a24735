import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { Untrue } from '../../scripts/demo/stage.ts';
import { proveUpgraded } from '../../scripts/demo/upgrade-and-back.ts';
import { readCarried } from '../../scripts/demo/world.ts';
import { fixtureEncryptionKey, loadFixtureEmbedded } from '../support/fixtures.ts';
import { proofOfDrill } from './proof-of-drill.ts';

/** A change to the upgraded database, and what the proof has to say about it. */
const sabotages: { what: string; sql: string; says: RegExp }[] = [
  {
    what: 'a letter of a message',
    sql: `update messages set content = replace(content::text, 'a', 'b')::json where id = (select m.id from messages m join agents a on a.id = m.agent_id where a.name = 'AI/ML Expert' and m.content::text like '%a%' limit 1)`,
    says: /^agents differ: AI\/ML Expert \(messages\)$/,
  },
  {
    what: 'two messages in the wrong order',
    sql: `update messages m set sequence_id = -o.sequence_id from (select min(sequence_id) as sequence_id from messages where agent_id = (select id from agents where name = 'Memo')) o where m.sequence_id = o.sequence_id + 1;`,
    says: /^agents differ: /,
  },
  {
    what: 'a name without its slash',
    sql: `update agents set name = 'AI ML Expert' where name = 'AI/ML Expert'`,
    says: /^agents differ: AI\/ML Expert \(agent\)$/,
  },
  { what: 'a run less', sql: `delete from runs where id = (select min(id) from runs)`, says: /^63 of 64 runs are there$/ },
  {
    what: 'another state of a run',
    sql: `update runs set status = 'failed' where id = (select min(id) from runs where status = 'completed')`,
    says: /^63 of 64 runs are there$/,
  },
  {
    what: 'a step that has lost its run',
    sql: `update steps set run_id = null where id = (select min(id) from steps where run_id is not null)`,
    says: /^63 of 64 runs are there$/,
  },
  {
    what: 'a secret that cannot be decrypted',
    sql: `update agent_environment_variables set value_enc = reverse(value_enc) where id = (select min(id) from agent_environment_variables)`,
    says: /^6 of 7 secrets can be read$/,
  },
  {
    what: 'a row that belongs to no agent',
    sql: `update organizations set name = name || '!'`,
    says: /^tables differ: alembic_version, jobs, organizations$/,
  },
];

suite('npm run demo', () => {
  let kept: string;
  let stdout: string;
  let seconds: number;

  before(() => {
    const began = performance.now();
    const script = join(import.meta.dirname, '../../scripts/demo.ts');
    const demo = spawnSync(process.execPath, [script, '--keep'], { encoding: 'utf8', timeout: 400_000 });
    seconds = (performance.now() - began) / 1000;
    kept = /^Kept: (.+)$/m.exec(demo.stdout)?.[1] ?? '';
    stdout = demo.stdout;
    assert.equal(demo.status, 0, `${demo.stdout}\n${demo.stderr}`);
  });
  after(() => kept && rmSync(kept, { recursive: true, force: true }));

  test('tells that 16 of 16 agents came back, and that the upgrade kept them', (context) => {
    context.diagnostic(`the demo took ${seconds.toFixed(1)} s`);
    // Restored, upgraded, rolled back.
    assert.equal(stdout.match(/^16 of 16 agents are equal by content, and 2 of 2 others/gm)?.length, 3);
    assert.equal(stdout.match(/^AI\/ML Expert .* equal$/gm)?.length, 2);
    assert.equal(stdout.match(/^40 of 40 tables are equal/gm)?.length, 2);
    assert.match(stdout, /^last proven restore: .*, on PostgreSQL .*\n[^$]*^\(exit code 0\)$/m);
    assert.match(stdout, /^runs that the server can reach +64 +0$/m);
    assert.match(stdout, /^runs that the server can reach +64 +64$/m);
    assert.match(stdout, /^secrets of agents that the server can read +7 +0$/m);
    assert.match(stdout, /^secrets of agents that the server can read +7 +7$/m);
    assert.match(stdout, /^\$ lifeboat rollback pglite:letta --yes\n[^$]*^\(exit code 0\)$/m);
    // On a machine that does other work too this says less than the diagnostic; it catches a demo that hangs.
    assert.ok(seconds < 300, `the demo took ${seconds.toFixed(0)} s`);
  });

  test('fits a terminal', () => {
    const commands = /^\$ /;
    assert.deepEqual(
      stdout.split('\n').filter((line) => line.length > 110 && !commands.test(line)),
      [],
    );
    assert.ok(stdout.split('\n').length < 350);
  });

  test('leaves nothing of a switch that is not finished', () => {
    assert.ok(existsSync(join(kept, 'letta')) && existsSync(join(kept, 'letta_0_16_2')));
    assert.ok(!existsSync(join(kept, 'letta.switch.json')));
  });

  proofOfDrill(() => ({ kept, stdout }));

  suite('its proof of the upgrade', () => {
    let older: PGlite;
    let newer: PGlite;
    const prove = async (key = fixtureEncryptionKey) => proveUpgraded(await readCarried(older, newer, key));

    before(async () => {
      older = await PGlite.create(join(kept, 'letta'), { extensions: { vector } });
      // The demo's own sabotage, in its last chapter but one.
      await older.exec(`update block set value = replace(value, 'RAG (2021)', 'RAG (2020)') where label = 'findings'`);
      newer = await PGlite.create(join(kept, 'letta_0_16_2'), { extensions: { vector } });
      await prove();
    });
    after(async () => {
      await older?.close();
      await newer?.close();
    });

    for (const { what, sql, says } of sabotages) {
      test(`sees ${what}`, async () => {
        await newer.exec('begin');
        try {
          await newer.exec(sql);
          await assert.rejects(prove(), (error) => error instanceof Untrue && says.test(error.message));
        } finally {
          await newer.exec('rollback');
        }
      });
    }

    test('sees secrets of another key', async () => {
      await assert.rejects(prove('another key'), /^Error: 0 of 7 secrets can be read$/);
    });

    test("does not hold for the database that Letta's own migration made", async () => {
      const migrated = await loadFixtureEmbedded('oracle-0.11.3-to-0.16.2');
      try {
        const carried = await readCarried(older, migrated, fixtureEncryptionKey);
        assert.equal(carried.secrets.readable.length, 0);
        assert.throws(() => proveUpgraded(carried), /^Error: 0 of 64 runs are there$/);
      } finally {
        await migrated.close();
      }
    });
  });
});
