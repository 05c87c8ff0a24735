import { after, before, describe, test } from 'node:test';
import type { FixtureName } from '../../support/fixtures.ts';
import { testServer } from '../../support/postgres.ts';
import { type PlantedDatabase, plantedDatabase } from './planted.ts';
import { sees, valueIn } from './sees.ts';

for (const fixture of ['letta-0.16.2', 'letta-0.16.8'] as const satisfies readonly FixtureName[]) {
  describe(`conversations in ${fixture}`, () => {
    let database: PlantedDatabase;
    let conversation: string;
    /** Its last row, and the message of it. */
    let row: string;
    let message: string;
    let other: string;
    before(async () => {
      database = await plantedDatabase(await testServer(), fixture);
      conversation = await valueIn(database, `select id from conversations where summary = 'A thread about tea'`);
      const last = `from conversation_messages where conversation_id = '${conversation}' order by position desc limit 1`;
      row = await valueIn(database, `select id ${last}`);
      message = await valueIn(database, `select message_id ${last}`);
      other = await valueIn(database, `select id from agents where name = 'Memo'`);
    });
    after(() => database[Symbol.asyncDispose]());

    test('a row, or its message, of another agent', async () => {
      const seen = { code: 'conversation-message-mismatch', where: 'conversation_messages', ids: [row], severity: 'error' as const };
      await sees(database, [`update conversation_messages set agent_id = '${other}' where id = '${row}'`], seen);
      await sees(database, [`update messages set agent_id = '${other}' where id = '${message}'`], seen);
    });

    test('a row of another organisation', async () => {
      const elsewhere = 'org-11111111-1111-4111-8111-111111111111';
      await sees(
        database,
        [
          `insert into organizations (id, name, privileged_tools, is_deleted) values ('${elsewhere}', 'other', false, false)`,
          `update conversation_messages set organization_id = '${elsewhere}' where id = '${row}'`,
        ],
        { code: 'conversation-message-mismatch', where: 'conversation_messages', ids: [row], severity: 'error' },
        { code: 'other-organizations', where: 'organizations', ids: [elsewhere], severity: 'note' },
      );
    });

    test('a message that is marked as deleted while its row is not; with its row it is deleted for good', async () => {
      const gone = `update messages set is_deleted = true where id = '${message}'`;
      await sees(database, [gone], {
        code: 'conversation-message-deleted',
        where: 'conversation_messages',
        ids: [conversation],
        severity: 'warning',
      });
      await sees(database, [gone, `update conversation_messages set is_deleted = true where id = '${row}'`]);
    });

    test('two messages at one position are numbered anew; out of context it does not matter', async () => {
      const same = `update conversation_messages set position = 1 where id = '${row}'`;
      await sees(database, [same], {
        code: 'conversation-position-duplicate',
        where: 'conversation_messages.position',
        ids: [conversation],
        severity: 'warning',
        mended: true,
      });
      await sees(database, [same, `update conversation_messages set in_context = false where id = '${row}'`]);
    });

    test('a tool call without a return', async () => {
      const calls = `'[{"id": "call_a", "type": "function", "function": {"name": "send_message", "arguments": "{}"}}]'`;
      await sees(database, [`update messages set tool_calls = ${calls} where id = '${message}'`], {
        code: 'conversation-tool-pairing',
        where: 'conversation_messages',
        ids: [conversation],
        severity: 'error',
      });
      await sees(database, [`update messages set role = 'approval', tool_calls = ${calls} where id = '${message}'`], {
        code: 'context-pending-approval',
        where: 'conversation_messages',
        ids: [conversation],
        severity: 'note',
      });
    });

    test('a row without a message', async () => {
      await sees(database, [`delete from messages where id = '${message}'`], {
        code: 'foreign-key-violated',
        where: 'conversation_messages.message_id',
        ids: [row],
        severity: 'error',
      });
    });

    if (fixture === 'letta-0.16.8') {
      test('a message that its conversation does not list', async () => {
        await sees(database, [`delete from conversation_messages where id = '${row}'`], {
          code: 'conversation-message-unlisted',
          where: 'messages.conversation_id',
          ids: [message],
          severity: 'warning',
        });
      });

      test('a block of the conversation’s own stands for a block of the agent’s, or for none', async () => {
        const agent = await valueIn(database, `select agent_id from conversations where id = '${conversation}'`);
        const own = (label: string) => [
          `insert into block (id, value, "limit", label, is_template, organization_id, is_deleted, version, read_only)
             select 'block-00000000-0000-4000-8000-000000000001', 'mine', 5000, '${label}', false, organization_id, false, 1, false
               from agents where id = '${agent}'`,
          `insert into blocks_conversations values ('${conversation}', 'block-00000000-0000-4000-8000-000000000001', '${label}')`,
        ];
        const label = await valueIn(database, `select block_label from blocks_agents where agent_id = '${agent}' limit 1`);
        await sees(database, own(label));
        await sees(database, own('nobodys'), {
          code: 'conversation-block-unused',
          where: 'blocks_conversations',
          ids: [`${conversation},block-00000000-0000-4000-8000-000000000001`],
          severity: 'warning',
        });
      });
    }
  });
}
