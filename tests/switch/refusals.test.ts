import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import { TestVault } from '../road/road.ts';
import { type PrivateServer, privateServer, withClient } from '../support/postgres.ts';
import { lifeboat } from '../support/program.ts';
import { at, outside, Stage, withChanges } from './stage.ts';

let server: PrivateServer;
let stage: Stage;
const asIf = (note: string) => server.query(`comment on database letta_restored is ${pg.escapeLiteral(note)}`);

/** Every refusal leaves everything as it was, the comments too. */
describe('switch refuses', () => {
  let still: Awaited<ReturnType<typeof outside>>;
  before(async () => {
    server = await privateServer();
    stage = await Stage.set(server);
    still = await outside(server);
  });
  after(() => server[Symbol.asyncDispose]());
  const refused = async (code: string, work: () => Promise<unknown>, facts: Record<string, unknown> = {}) => {
    await assert.rejects(work, (error: { code?: string; facts?: Record<string, unknown> }) => {
      assert.equal(error.code, code, String(error));
      for (const [name, value] of Object.entries(facts)) assert.deepEqual(error.facts?.[name], value);
      return true;
    });
    assert.deepEqual(await outside(server), still);
  };

  it('rows that were written since the snapshot, with tables, counts, agents; the same report lets them go', async () => {
    const [agent] = await stage.live.query<{ id: string; name: string }>(
      `select id, name from agents where exists (select from messages where agent_id = agents.id) limit 1`,
    );
    await stage.live
      .query(`update messages set text = 'changed' where id = (select id from messages where agent_id = $1 limit 1)`, [agent?.id])
      .catch(() =>
        stage.live.query(`update messages set updated_at = now() where id = (select id from messages where agent_id = $1 limit 1)`, [
          agent?.id,
        ]),
      );
    await stage.live.query(`insert into agents_tags (agent_id, tag) values ($1, 'new')`, [agent?.id]);
    await stage.live.query(`create table mine (a int); insert into mine values (1), (2)`);
    await stage.live.query(
      `alter table block add column mine text; update block set mine = 'x' where id in (select id from block limit 2)`,
    );
    const run = await lifeboat(['switch', stage.live.url, '--to', 'letta_restored', '--yes', ...stage.args], { env: stage.env });
    assert.deepEqual([run.code, run.last.code], [4, 'rows-written'], run.stdout);
    const lines = run.lines.filter(({ type }) => type === 'written');
    assert.deepEqual(
      lines.map(({ table, reason, written, deleted }) => [table, reason, written, deleted]),
      [
        ['agents_tags', null, 1, 0],
        ['block', 'extra column mine', 2, 0],
        ['messages', null, 1, 0],
        ['mine', 'extra table', 2, 0],
      ],
    );
    for (const { table, agents } of lines)
      if (table === 'messages' || table === 'agents_tags') assert.deepEqual(agents, [{ agent: agent?.id, name: agent?.name }]);
    assert.match(String(run.last.message), /6 row\(s\).*agents_tags, block, messages, mine/);
    const report = String((run.last.facts as { report: string }).report);
    assert.equal(lines[0]?.report, report);
    assert.deepEqual(await outside(server), still);

    const other = await lifeboat(
      ['switch', stage.live.url, '--to', 'letta_restored', '--yes', '--accept-losses', '000000000000', ...stage.args],
      { env: stage.env },
    );
    assert.deepEqual([other.code, other.last.code], [4, 'rows-written']);
    const accepted = await lifeboat(
      ['switch', stage.live.url, '--to', 'letta_restored', '--yes', '--accept-losses', report, ...stage.args],
      { env: stage.env },
    );
    assert.deepEqual([accepted.code, (accepted.last.losses as unknown[]).length], [0, 4], accepted.stdout);
    await stage.rollBack();
    assert.deepEqual(await outside(server), still);
    await stage.live.query(`drop table mine; alter table block drop column mine`);
  });

  it('rows that were deleted since', async () => {
    await stage[Symbol.asyncDispose]();
    stage = await Stage.set(server);
    still = await outside(server);
    await stage.live.query(`delete from agents_tags where ctid = (select ctid from agents_tags limit 1)`);
    const shown = stage.switch();
    await refused('rows-written', () => shown, { rows: 1, tables: ['agents_tags'] });
    await stage[Symbol.asyncDispose]();
    stage = await Stage.set(server);
    still = await outside(server);
  });

  for (const which of ['letta', 'letta_restored'])
    it(`somebody connected to ${which}, and says who`, async () => {
      await withClient(`${server.url(which)}?application_name=the-server`, () =>
        refused(
          'switch-in-use',
          async () => {
            await stage.switch().catch((error) => {
              assert.match(error.message, new RegExp(`1 × the-server on ${which} \\(user postgres, process \\d+\\)`));
              throw error;
            });
          },
          { connections: 1 },
        ),
      );
    });

  it('somebody who slipped in while connections went off', async () => {
    const client = new pg.Client({ connectionString: stage.live.url });
    await refused('switch-in-use', () =>
      stage.switch({
        wrap: (place) =>
          withChanges(place, {
            async begin(exchange) {
              await client.connect();
              await place.begin(exchange);
            },
          }),
      }),
    );
    await client.end();
  });

  it('a session that slipped in before the renaming', async () => {
    // Shut off, yet somebody is in: only a superuser who changed that by hand could. The renaming itself refuses.
    const client = new pg.Client({ connectionString: stage.live.url });
    await refused('switch-in-use', () =>
      stage.switch({
        wrap: (place) =>
          withChanges(place, {
            connections: async (names, own) => {
              const found = await place.connections(names, own);
              return found.filter(({ application }) => application !== 'late');
            },
            complete: async (exchange, after) => {
              await server.query('alter database letta allow_connections true');
              await client.connect();
              await client.query(`set application_name = 'late'`);
              await server.query('alter database letta allow_connections false');
              await place.complete(exchange, after).catch((error) => {
                assert.match(error.message, /accessed by other users/);
                throw Object.assign(error, { code: 'switch-in-use' });
              });
            },
          }),
      }),
    );
    await client.end();
  });

  it('a prepared transaction, which would outlive the rename', async () => {
    await using own = await privateServer(undefined, { settings: { max_prepared_transactions: 2 } });
    await using story = await Stage.set(own);
    await withClient(story.live.url, (client) =>
      client.query(`begin; update block set value = 'x' where id = (select id from block limit 1); prepare transaction 'p'`),
    );
    const before = await outside(own);
    await assert.rejects(story.switch(), { code: 'switch-in-use' });
    assert.deepEqual(await outside(own), before);
    await withClient(story.live.url, (client) => client.query(`rollback prepared 'p'`));
  });

  it('itself', () => refused('switch-same-database', () => stage.switch({ built: 'letta' })));
  it('a name that is not there', () => refused('no-such-database', () => stage.switch({ built: 'nothing' })));
  it('a switch that was done already, and says since when; a name that never was there is still that', async () => {
    await stage.switch();
    const between = await outside(server);
    const run = await lifeboat(['switch', stage.live.url, '--to', 'letta_restored', '--yes', ...stage.args], { env: stage.env });
    assert.deepEqual([run.code, run.last.code], [14, 'switched-already'], run.stdout);
    assert.match(
      String(run.last.message),
      /^letta_restored is in place already: it has had the name letta since the switch of \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\.$/,
    );
    await assert.rejects(stage.switch({ built: 'nothing' }), { code: 'no-such-database' });
    assert.deepEqual(await outside(server), between);
    await stage.rollBack();
    still = await outside(server);
  });

  it('a name that PostgreSQL would cut, and so mean another', async () => {
    const long = 'letta_restored'.padEnd(64, 'x');
    await server.query(`create database "${long.slice(0, 63)}"`);
    still = await outside(server);
    await refused('bad-database-name', () => stage.switch({ built: long }));
    await refused('bad-database-name', () => stage.switch({ url: server.url(long) }));
    await server.dropDatabase(long.slice(0, 63));
    still = await outside(server);
  });

  it('a name that nothing has, when the snapshot is of another', () =>
    refused('switch-new-name', () => stage.switch({ url: server.url('lettta') }), { database: 'lettta', source: 'letta' }));

  it('a database that Lifeboat did not build', async () => {
    await server.createDatabase({ name: 'other' });
    still = await outside(server);
    await refused('not-built', () => stage.switch({ built: 'other' }));
    await server.dropDatabase('other');
    still = await outside(server);
  });

  it('one that was never proven, and one that is in use by another switch', async () => {
    const was = still.letta_restored?.comment ?? '';
    await asIf(was.replace('complete', 'incomplete'));
    still = await outside(server);
    await refused('built-incomplete', () => stage.switch());
    for (const state of ['former', 'switched']) {
      await asIf(
        JSON.stringify({
          lifeboat: 1,
          state,
          id: 'x',
          time: 't',
          name: 'elsewhere',
          before: null,
          revision: null,
          built: 'b',
          vault: 'v',
          snapshot: 's',
          former: null,
          record: { xid: '1', revision: null, tables: {} },
        }),
      );
      still = await outside(server);
      await refused('built-used', () => stage.switch());
    }
    await asIf(was);
    still = await outside(server);
  });

  it('a snapshot of another database, of another server, or of another vault', async () => {
    const thoth = await server.createDatabase({ name: 'thoth', template: 'letta' });
    still = await outside(server);
    await refused('switch-other-source', () => stage.switch({ url: thoth.url }));
    await thoth.drop();
    still = await outside(server);
    await using other = await TestVault.create();
    await refused('switch-other-vault', () => stage.switch({ openVault: async () => other.vault }));
    const real = stage.held.vault;
    const vault = withChanges(real, {
      async readManifest(ref) {
        const manifest = await real.readManifest(ref);
        return { ...manifest, source: { ...manifest.source, systemIdentifier: '7' } };
      },
    });
    await refused('switch-other-source', () => stage.switch({ openVault: async () => vault }));
    const accepted = await stage.switch({ openVault: async () => vault, acceptOtherSource: true });
    assert.equal(accepted.done, true);
    await stage.rollBack();
    assert.deepEqual(await outside(server), still);
  });

  it('a snapshot that the vault does not have any more', () =>
    refused('no-such-snapshot', () =>
      stage.switch({ openVault: async () => withChanges(stage.held.vault, { listSnapshots: async () => [] }) }),
    ));

  it('a live database that is no Letta', async () => {
    await using story = await Stage.set(server, { name: 'lettb' });
    await story.live.query('drop schema public cascade; create schema public; create table something (a int)');
    still = await outside(server);
    await refused('no-letta', () => story.switch());
    still = Object.fromEntries(Object.entries(still).filter(([name]) => !name.includes('lettb')));
  });

  it('databases that are shut off by somebody else', async () => {
    await server.query('alter database letta allow_connections false');
    still = await outside(server);
    await refused('switch-shut-off', () => stage.switch(), { database: 'letta' });
    await server.query('alter database letta allow_connections true');
    still = await outside(server);
  });

  it('a login that may not rename', async () => {
    await server.query(
      `create role weak login; create role owner login; alter database letta owner to owner; alter database letta_restored owner to owner`,
    );
    still = await outside(server);
    for (const [user, right] of [
      ['weak', 'owner of'],
      ['owner', 'CREATEDB'],
    ] as const)
      await at(server.url('letta', user), ['letta_restored'], async (place) => {
        await refused('switch-rights', async () => {
          await stage.switch({ wrap: () => place }).catch((error) => {
            assert.match(error.message, new RegExp(right));
            throw error;
          });
        });
      });
    await server.query(`alter role owner createdb; grant postgres to owner`);
    await server.query(`alter database letta owner to postgres; alter database letta_restored owner to postgres`);
  });

  it('a plan that was not confirmed', async () => {
    const result = await stage.switch({ confirm: async () => false });
    assert.equal(result.done, false);
    assert.deepEqual(await outside(server), still);
  });

  it('the vault is asked for, and nobody is asked off a terminal', async () => {
    const run = await lifeboat(['switch', stage.live.url, '--to', 'letta_restored', '--yes'], { env: { LIFEBOAT_VAULT: '' } });
    assert.deepEqual([run.code, run.last.code], [2, 'usage']);
    const asks = await lifeboat(['switch', stage.live.url, '--to', 'letta_restored', ...stage.args], { env: stage.env });
    assert.deepEqual([asks.code, asks.last.code], [2, 'usage']);
    assert.ok(
      asks.lines.some(({ type }) => type === 'plan'),
      'the plan is shown all the same',
    );
    assert.deepEqual(await outside(server), still);
  });
});
