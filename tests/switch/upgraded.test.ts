import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { privateServer } from '../support/postgres.ts';
import { lifeboat } from '../support/program.ts';
import { outside, Stage } from './stage.ts';

describe('switch to a database of another release', () => {
  it('compares the live one in its own release, goes there and back', async () => {
    await using server = await privateServer();
    await using stage = await Stage.set(server, { fixture: 'letta-0.11.3' });
    const run = (...args: string[]) => lifeboat(args, { env: stage.env });
    const url = server.url('letta_new');
    // What is lost on the way is the restore's own matter; the database is proven either way.
    const built = await run('restore', 'latest', '--to', url, '--release', '0.16.8', '--yes', ...stage.args);
    assert.equal(built.last.equal, true, built.stdout.slice(-2000));
    const before = await outside(server);
    const there = await run('switch', stage.live.url, '--to', 'letta_new', '--yes', ...stage.args);
    assert.equal(there.code, 0, there.stdout);
    const planned = there.lines.find(({ type }) => type === 'plan') as { releases: { before: string[]; after: string[] } };
    assert.deepEqual([planned.releases.before.includes('0.11.3'), planned.releases.after.includes('0.16.8')], [true, true]);
    const [row] = await stage.live.query<{ version_num: string }>('select version_num from alembic_version');
    assert.ok(row);
    // What a server of the new release would write when it starts, and what a person writes.
    await stage.live.query(`update tools set updated_at = now() where tool_type = 'letta_core'`);
    const listed = await run('former', stage.live.url);
    assert.match(JSON.stringify(listed.lines[0]?.releases), /0\.11\.3/);
    await stage.live.query(`update agents set name = name || '!' where id = (select min(id) from agents)`);
    const refused = await run('rollback', stage.live.url, '--yes');
    assert.deepEqual([refused.code, (refused.last.facts as { tables: string[] }).tables], [4, ['agents']], refused.stdout);
    const { report } = refused.last.facts as { report: string };
    const back = await run('rollback', stage.live.url, '--yes', '--accept-losses', report);
    assert.equal(back.code, 0, back.stdout);
    assert.deepEqual(await outside(server), before);
  });
});
