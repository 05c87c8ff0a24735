import { fourAtATime } from '../letta/open-secret.ts';
import { classifySecret } from '../letta/secret.ts';
import { encryptedColumns } from '../letta/secret-columns.ts';
import type { Session } from '../postgres/database.ts';
import { type DatabaseModel, qualified, quoteIdent, type TableModel } from '../schema/model.ts';
import type { SecretCensus } from '../vault/manifest.ts';

/** One agent as `show --agents` lists it. */
export interface CensusAgent {
  id: string;
  name: string | null;
  organization: string | null;
  deleted: boolean;
  hidden: boolean;
  messages: number;
}

/** Who lives in the database: every agent, soft-deleted and hidden ones included (letta-server.md §0.13, §11.33). */
export async function readAgents(session: Session, home: string, model: DatabaseModel): Promise<CensusAgent[]> {
  const agents = tableOf(model, 'agents');
  if (!agents) return [];
  const column = (name: string, otherwise: string) =>
    agents.columns.some((each) => each.name === name) ? `a.${quoteIdent(name)}` : otherwise;
  const counted = tableOf(model, 'messages')?.columns.some((each) => each.name === 'agent_id') ?? false;
  const rows = await session.query(`
    select a.id, ${column('name', 'null')}::text as name, ${column('organization_id', 'null')}::text as organization,
           coalesce(${column('is_deleted', 'false')}, false) as deleted, coalesce(${column('hidden', 'false')}, false) as hidden,
           ${counted ? 'coalesce(m.messages, 0)' : '0'}::text as messages
      from ${qualified(home, null, 'agents')} a
      ${counted ? `left join (select agent_id, count(*) as messages from ${qualified(home, null, 'messages')} group by agent_id) m on m.agent_id = a.id` : ''}
     order by ${column('created_at', 'null::timestamptz')} nulls last, a.id collate "C"`);
  return rows.map((row) => ({
    id: row.id ?? '',
    name: row.name ?? null,
    organization: row.organization ?? null,
    deleted: row.deleted === 't',
    hidden: row.hidden === 't',
    messages: Number(row.messages ?? 0),
  }));
}

/**
 * Classifies every value of the `_enc` columns that exist. Without a key, what looks encrypted is `unchecked`: the
 * census never guesses.
 */
export async function countSecrets(
  session: Session,
  home: string,
  model: DatabaseModel,
  encryptionKey: string | null,
): Promise<SecretCensus> {
  const census: SecretCensus = {};
  for (const { table, column } of encryptedColumns) {
    const found = tableOf(model, table)?.columns.some((each) => each.name === column) ?? false;
    if (!found) continue;
    const counts = { null: 0, decrypts: 0, undecryptable: 0, plaintext: 0, unchecked: 0 };
    const rows = await session.query(`select ${quoteIdent(column)} as value from ${qualified(home, null, table)}`);
    await fourAtATime(rows, async (row) => {
      counts[await classifySecret(row.value ?? null, encryptionKey)]++;
    });
    census[`${table}.${column}`] = counts;
  }
  return census;
}

function tableOf(model: DatabaseModel, name: string): TableModel | undefined {
  return model.tables.find((table) => table.schema === null && table.name === name);
}
