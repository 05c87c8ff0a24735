import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { FixtureName } from '../../support/fixtures.ts';
import { testServer } from '../../support/postgres.ts';
import { type PlantedDatabase, plantedDatabase } from './planted.ts';
import { sees, valueIn } from './sees.ts';

const nowhere = 'message-00000000-0000-4000-8000-00000000dead';
const where = 'agents.message_ids';
const call = (id: string) => `{"id": "${id}", "type": "function", "function": {"name": "send_message", "arguments": "{}"}}`;

for (const fixture of ['letta-0.11.3', 'letta-0.16.8'] as const satisfies readonly FixtureName[]) {
  describe(`context windows in ${fixture}`, () => {
    let database: PlantedDatabase;
    let memo: string;
    /** Memo's window, and in it a call, its return, and what a user said. */
    let window: string[];
    let calling: string;
    let returning: string;
    let said: string;

    /** Writes a window as it is. */
    const write = (ids: readonly string[]): string => `update agents set message_ids = '${JSON.stringify(ids)}' where id = '${memo}'`;
    const without = (...gone: readonly string[]): string[] => window.filter((id) => !gone.includes(id));

    before(async () => {
      database = await plantedDatabase(await testServer(), fixture);
      memo = await valueIn(database, `select id from agents where name = 'Memo'`);
      window = JSON.parse(await valueIn(database, `select message_ids from agents where id = '${memo}'`)) as string[];
      const last = (role: string) =>
        valueIn(
          database,
          `select m.id from messages m where m.role = '${role}' and m.id in ('${window.join("','")}') order by m.sequence_id desc limit 1`,
        );
      [calling, returning, said] = [await last('assistant'), await last('tool'), await last('user')];
      assert.deepEqual(window.slice(-2), [calling, returning]);
    });
    after(() => database[Symbol.asyncDispose]());

    for (const [what, value] of Object.entries({ NULL: 'null', 'an empty list': `'[]'`, 'JSON null': `'null'` }))
      test(`${what} begins anew with the system message`, async () => {
        const [finding] = await sees(database, [`update agents set message_ids = ${value} where id = '${memo}'`], {
          code: 'context-empty',
          where,
          ids: [memo],
          severity: 'error',
          mended: true,
        });
        const [change] = finding?.changes ?? [];
        assert.deepEqual(change?.kind === 'update' && change.set, { message_ids: `["${window[0]}"]` });
      });

    test('an empty window of an agent without a system message can only be told', async () => {
      await sees(
        database,
        [`update agents set message_ids = '[]' where id = '${memo}'`, `update messages set role = 'user' where id = '${window[0]}'`],
        { code: 'context-empty', where, ids: [memo] },
      );
    });

    test('an id that leads to no message is taken out, the others stay in their order', async () => {
      const [finding] = await sees(database, [write([...window.slice(0, 4), nowhere, ...window.slice(4)])], {
        code: 'context-missing-message',
        where,
        ids: [memo],
        severity: 'error',
        mended: true,
      });
      const [change] = finding?.changes ?? [];
      assert.deepEqual(change?.kind === 'update' && JSON.parse(change.set.message_ids ?? ''), window);
      assert.match(finding?.message ?? '', new RegExp(`1 message in the context windows of 1 agent does not exist: ${memo} → ${nowhere}`));
    });

    test('two kinds of damage in one window are mended by one and the same change', async () => {
      const found = await database.plant(write([...window, nowhere, said]));
      assert.deepEqual(found.map(({ code }) => code).sort(), ['context-duplicate', 'context-missing-message']);
      assert.equal(found[0]?.changes.length, 1);
      assert.deepEqual(found[0]?.changes, found[1]?.changes);
    });

    test('a message of another agent', async () => {
      const other = await valueIn(
        database,
        `select m.id from messages m join agents a on a.id = m.agent_id where a.name = 'Incognito' and m.role = 'user' limit 1`,
      );
      await sees(database, [write([...window, other])], { code: 'context-foreign-message', where, ids: [memo], severity: 'warning' });
    });

    test('a message that is marked as deleted, where the server does not load it', async () => {
      await sees(
        database,
        [`update messages set is_deleted = true where id = '${said}'`],
        ...(fixture === 'letta-0.16.8' ? [{ code: 'context-deleted-message', where, ids: [memo], severity: 'warning' as const }] : []),
      );
    });

    test('the system message is put in front again', async () => {
      const [first = '', second = '', ...rest] = window;
      // A call must not come away from its return: what is moved is the system message.
      const moved = fixture === 'letta-0.11.3' ? [said, first, ...without(first, said)] : [second, first, ...rest];
      await sees(database, [write(moved)], {
        code: 'context-first-not-system',
        where,
        ids: [memo],
        severity: 'error',
        mended: true,
      });
    });

    test('a message that stands there twice', async () => {
      await sees(database, [write([...window, said])], {
        code: 'context-duplicate',
        where,
        ids: [memo],
        severity: 'warning',
        mended: true,
      });
    });

    test('a call without its return, a return without its call, and both in the wrong order', async () => {
      const seen = { code: 'context-tool-pairing', where, ids: [memo], severity: 'error' as const };
      const [one] = await sees(database, [write(without(returning))], seen);
      assert.match(one?.message ?? '', /^1 tool call without a return in/);
      assert.ok(one?.message.includes(calling));
      const [other] = await sees(database, [write(without(calling))], seen);
      assert.match(other?.message ?? '', /^1 return without a call in/);
      const [both] = await sees(database, [write([...without(calling, returning), returning, calling])], seen);
      assert.match(both?.message ?? '', /^1 tool call without a return and 1 return without a call in/);
    });

    test('what a tool returned needs no call’s id right after a single call', async () => {
      const lost = `update messages set tool_call_id = null, tool_returns = '[{"status": "success", "stdout": null, "stderr": null}]' where id = '${returning}'`;
      await sees(database, [lost], {
        code: 'tool-message-without-call-id',
        where: 'messages.tool_call_id',
        ids: [returning],
        severity: 'note',
        mended: true,
      });
    });

    test('of two calls nobody can tell which one it answers', async () => {
      await sees(
        database,
        [
          `update messages set tool_calls = '[${call('call_a')}, ${call('call_b')}]', tool_call_id = null where id = '${calling}'`,
          `update messages set tool_call_id = null, tool_returns = '[]' where id = '${returning}'`,
        ],
        { code: 'tool-message-without-call-id', where: 'messages.tool_call_id', ids: [returning] },
        { code: 'context-tool-pairing', where, ids: [memo] },
      );
    });
  });
}

describe('tool calls and approvals at 0.16.8', () => {
  let database: PlantedDatabase;
  let incognito: string;
  let waiting: string;
  /** system, user, assistant. */
  let window: string[];
  before(async () => {
    database = await plantedDatabase(await testServer(), 'letta-0.16.8');
    incognito = await valueIn(database, `select id from agents where name = 'Incognito'`);
    waiting = await valueIn(database, `select id from agents where name = 'system_maintenance'`);
    window = JSON.parse(await valueIn(database, `select message_ids from agents where id = '${incognito}'`)) as string[];
    assert.equal(window.length, 3);
  });
  after(() => database[Symbol.asyncDispose]());

  const set = (at: number, values: string): string => `update messages set ${values} where id = '${window[at]}'`;
  const returns = (...ids: string[]): string =>
    `tool_returns = '${JSON.stringify(ids.map((id) => ({ tool_call_id: id, status: 'success', stdout: null, stderr: null, func_response: 'ok' })))}'`;
  const calls = (...ids: string[]): string => `tool_calls = '[${ids.map(call).join(', ')}]'`;
  const pending = { code: 'context-pending-approval', where, severity: 'note' as const };

  test('several calls of one message, answered in one message', async () => {
    const asks = set(1, `role = 'assistant', ${calls('call_a', 'call_b')}`);
    await sees(database, [asks, set(2, `role = 'tool', tool_call_id = 'call_a', ${returns('call_a', 'call_b')}`)]);
    await sees(database, [asks, set(2, `role = 'tool', tool_call_id = 'call_a', ${returns('call_a')}`)], {
      code: 'context-tool-pairing',
      where,
      ids: [incognito],
    });
  });

  test('a request for approval at the end waits, and so do the calls beside it', async () => {
    const ids = [incognito, waiting].sort();
    await sees(database, [set(2, `role = 'approval', ${calls('call_a')}`)], { ...pending, ids });
    await sees(database, [set(1, `role = 'assistant', ${calls('call_a')}`), set(2, `role = 'approval', ${calls('call_b')}`)], {
      ...pending,
      ids,
    });
  });

  test('a request for approval that something else follows is a call without a return', async () => {
    await sees(database, [set(1, `role = 'approval', ${calls('call_a')}`)], { code: 'context-tool-pairing', where, ids: [incognito] });
  });

  test('a call to which a JSON escape that PostgreSQL cannot read belongs is read all the same', async () => {
    await sees(
      database,
      [set(2, `tool_calls = '[{"id": "call_a", "type": "function", "function": {"name": "send_message", "arguments": "\\u0000"}}]'`)],
      { code: 'context-tool-pairing', where, ids: [incognito] },
    );
  });
});
