import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { type PrivateServer, privateServer } from '../support/postgres.ts';
import { outside, Stage } from './stage.ts';

let server: PrivateServer;
let stage: Stage;

describe('switch', () => {
  before(async () => {
    server = await privateServer();
  });
  after(() => server[Symbol.asyncDispose]());
  afterEach(() => stage[Symbol.asyncDispose]());

  it('exchanges the names; rollback puts everything back exactly', async () => {
    stage = await Stage.set(server);
    await server.query(
      `comment on database letta is 'production, ask Ann'; alter database letta connection limit 40; alter database letta_restored connection limit 40`,
    );
    const before = await outside(server);
    const result = await stage.switch();
    assert.deepEqual([result.done, result.warnings, result.comparison?.written.tables], [true, [], []]);
    const former = result.plan.former ?? '';
    assert.match(former, /^letta_before_\d{8}_\d{6}$/);
    const then = await outside(server);
    assert.deepEqual(
      [then.letta?.oid, then[former]?.oid, 'letta_restored' in then],
      [before.letta_restored?.oid, before.letta?.oid, false],
    );
    for (const name of ['letta', former]) assert.deepEqual([then[name]?.connectable, then[name]?.limit], [true, 40]);
    const back = await stage.rollBack();
    assert.deepEqual([back.done, back.plan?.aside, back.written?.tables], [true, 'letta_restored', []]);
    assert.deepEqual(await outside(server), before);
  });
});
