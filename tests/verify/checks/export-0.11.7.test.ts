import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { testServer } from '../../support/postgres.ts';
import { type PlantedDatabase, plantedDatabase } from './planted.ts';

const code = 'context-not-exportable';
const organization = 'org-00000000-0000-4000-8000-000000000000';
const agent = 'agent-00000000-0000-4000-8000-000000000001';
/** In the order in which they were written. */
const message = (nth: number): string => `message-00000000-0000-4000-8000-${String(nth).padStart(12, '0')}`;

const memo = [
  `insert into organizations (id, name, privileged_tools) values ('${organization}', 'One', false)`,
  `insert into agents (id, organization_id, name, agent_type, message_buffer_autoclear) values ('${agent}', '${organization}', 'Memo', 'memgpt_v2_agent', false)`,
];
/** Messages of Memo's; younger ids were written later, so the order is the sequence's, not the ids'. */
const messages = (from: number, to: number): string =>
  `insert into messages (id, agent_id, organization_id, role, content, tool_calls, created_at, sequence_id)
   select 'message-00000000-0000-4000-8000-' || lpad(n::text, 12, '0'), '${agent}', '${organization}', case n when 1 then 'system' else 'user' end,
          '[{"type": "text", "text": "Hello"}]', '[]', timestamptz '2025-09-01 12:00:00+00' + n * interval '1 minute', n
     from generate_series(${from}, ${to}) n`;
const window = (...ids: readonly string[]): string => `update agents set message_ids = '${JSON.stringify(ids)}' where id = '${agent}'`;

describe('what 0.11.7 cannot export', () => {
  let database: PlantedDatabase;
  before(async () => {
    database = await plantedDatabase(await testServer(), { revision: 'ddb69be34a72' });
  });
  after(() => database[Symbol.asyncDispose]());

  /** Findings that only the damage brings. */
  const found = async (sound: readonly string[], ...damage: readonly string[]) => {
    const known = new Set((await database.plant(...memo, ...sound)).map((finding) => JSON.stringify(finding)));
    return (await database.plant(...memo, ...sound, ...damage)).filter((finding) => !known.has(JSON.stringify(finding)));
  };
  const codes = (findings: readonly { code: string }[]) => findings.map((finding) => finding.code);

  test('a window of the 50 oldest messages is exported, whatever came after them', async () => {
    const whole = [...memo, messages(1, 70), window(message(1), message(49), message(50))];
    assert.ok(!codes([...database.clean, ...(await database.plant(...whole))]).includes(code));
  });

  test('the 51st message in the window, of an agent that has no fewer', async () => {
    const findings = await found(
      [messages(1, 70), window(message(1), message(50))],
      window(message(1), message(50), message(51), message(70)),
    );
    assert.deepEqual(
      findings.map((finding) => [finding.code, finding.severity, finding.where, finding.ids, finding.count, finding.changes]),
      [[code, 'warning', 'agents.message_ids', [agent], 1, []]],
    );
    assert.match(
      findings[0]?.message ?? '',
      /^2 messages in the context windows of 1 agent are not among the 50 oldest that each has: agent-.* → message-/,
    );
  });

  test('messages that are errors are not exported, and do not count', async () => {
    const error = (nth: number) => `update messages set is_err = true where id = '${message(nth)}'`;
    const sound = [messages(1, 51), window(message(1), message(2), message(50))];
    assert.deepEqual(codes(await found(sound, error(50))), [code]);
    assert.deepEqual(codes(await found(sound, error(3), window(message(1), message(2), message(51)))), []);
  });

  test('a message that is gone is told by the check of just that', async () => {
    const sound = [messages(1, 70), window(message(1), message(2))];
    assert.deepEqual(codes(await found(sound, window(message(1), message(2), message(99)))), ['context-missing-message']);
  });

  test('releases before and after export it', async () => {
    for (const revision of ['ffb17eb241fc', 'c734cfc0d595']) {
      await using other = await plantedDatabase(await testServer(), { revision });
      assert.ok(!codes(await other.plant(...memo, messages(1, 70), window(message(1), message(70)))).includes(code));
    }
  });
});
