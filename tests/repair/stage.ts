import type { Database } from '../../src/postgres/database.ts';
import { openDatabase } from '../../src/postgres/open-database.ts';
import { findUndoRecord } from '../../src/repair/find-record.ts';
import { planRepair, type RepairPlan } from '../../src/repair/plan-repair.ts';
import { type RepairResult, repair } from '../../src/repair/repair.ts';
import { readTarget } from '../../src/repair/repair-target.ts';
import { planUndo, readUndoRecord, requireSameDatabase, undo } from '../../src/repair/undo.ts';
import { silentReporter } from '../../src/report/progress.ts';
import type { Vault } from '../../src/vault/vault.ts';
import type { Finding } from '../../src/verify/finding.ts';
import { verifyDatabase } from '../../src/verify/verify-database.ts';
import { type FixtureName, fixtureEncryptionKey, loadFixture } from '../support/fixtures.ts';
import type { TestDatabase, TestServer } from '../support/postgres.ts';

const common = { encryptionKey: fixtureEncryptionKey, reporter: silentReporter, signal: new AbortController().signal };

/** A fixture with damage in it that constraints would not let in, and a copy of it as it is then. */
export async function damaged(
  server: TestServer,
  fixture: FixtureName,
  damage: readonly string[],
): Promise<{ database: TestDatabase; before: TestDatabase }> {
  const database = await loadFixture(server, fixture);
  await database.query(`set session_replication_role = replica; ${damage.join('; ')}`);
  return { database, before: await database.copy() };
}

async function opened<T>(url: string, work: (database: Database) => Promise<T>): Promise<T> {
  const database = openDatabase(url, { environment: {} });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

export interface Planned {
  plan: RepairPlan;
  before: Finding[];
}

/** What `verify DB --repair` shows before it asks. */
export function planFor(url: string): Promise<Planned> {
  return opened(url, async (database) => {
    const target = await readTarget(database, false);
    const { findings } = await verifyDatabase(database, common);
    return { plan: planRepair(findings, target), before: findings };
  });
}

export function mend(url: string, vault: Vault, planned: Planned, whileInUse = false): Promise<RepairResult> {
  return opened(url, (database) => repair({ database, vault, ...planned, whileInUse, tool: 'test', ...common }));
}

/** `undo ID DB` without the question. */
export function takeBack(url: string, vault: Vault, id: string, whileInUse = false) {
  return opened(url, async (database) => {
    const record = await readUndoRecord(vault, await findUndoRecord(vault, id));
    requireSameDatabase(record, await readTarget(database, whileInUse), database.label);
    return await undo({ database, vault, plan: planUndo(record), whileInUse, tool: 'test', ...common });
  });
}

export async function findingsOf(url: string): Promise<Finding[]> {
  return await opened(url, async (database) => (await verifyDatabase(database, common)).findings);
}

/** Damage to letta-0.16.8 whose findings carry changes: an update of json, an insert, a delete, plain updates, a sequence. */
export const damageByCode: Readonly<Record<string, string>> = {
  'context-missing-message': `update agents set message_ids = (message_ids::jsonb || '["message-00000000-0000-4000-8000-000000000000"]')::json
    where id = (select min(id) from agents where jsonb_array_length(message_ids::jsonb) > 2)`,
  'sequence-behind': `select setval('message_seq_id', 5, true)`,
  'tool-message-without-call-id': `update messages set tool_call_id = null where id = (select min(id) from messages where role = 'tool' and tool_call_id is not null)`,
  'group-turns-counter': `update groups set turns_counter = null, sleeptime_agent_frequency = 5 where manager_type = 'sleeptime'`,
  'passage-tags': `delete from passage_tags where passage_id = (select min(passage_id) from passage_tags where tag like 'year:%')`,
  'built-in-tool-missing': `update tools set name = 'no_such_tool_of_letta' where id = (
     select min(t.id) from tools t join tools_agents a on a.tool_id = t.id where t.tool_type = 'letta_core' and t.name = 'conversation_search')`,
};
