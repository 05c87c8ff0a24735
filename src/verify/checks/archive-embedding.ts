import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, type CheckContext, has } from '../check.ts';
import type { Finding } from '../finding.ts';
import { type FoundRows, findingOf, findRows } from '../found-rows.ts';

export const archiveEmbedding: Check = {
  code: 'archive-embedding',
  group: 'passages',
  severity: 'warning',
  looksFor:
    'Passages of an archive were made with another embedding model or dimension than its archive (since 0.13.0) or its agents have now.',
  effect:
    'A question gets its vector from the agent’s model, and is compared with vectors of another: what is found is chance (letta/services/agent_manager.py: search_agent_archival_memory_async; letta-server.md §12.1 no. 6).',
  run: async (context) => {
    if (!has(context, 'archival_passages', 'archive_id', 'embedding_config')) return [];
    return [...(await archives(context)), ...(await agents(context))];
  },
};

/** Archives and what their passages were made with. Few configurations differ, and only those are looked into. */
const made = (home: string): string =>
  `(select distinct p.archive_id, p.embedding_config::text as config from ${qualified(home, null, 'archival_passages')} p)`;

/** The text of model and dimension as a server writes them; looking at text cannot fail, whatever is in it. NULL: no model. */
const madeWith = (config: string): string =>
  `substring(${config} from '"embedding_model"\\s*:\\s*("(?:[^"\\\\]|\\\\.)*")') || ', ' || substring(${config} from '"embedding_dim"\\s*:\\s*(\\d+)') || ' dimensions'`;

function differing(holders: string, home: string): string {
  return `select d.id, min(d.has) as has, min(d.made) as made
            from (select h.id, ${madeWith('h.config')} as has, ${madeWith('m.config')} as made
                    from (${holders}) h join ${made(home)} m on m.archive_id = h.archive_id) d
           where d.has <> d.made group by d.id`;
}

async function archives(context: CheckContext): Promise<Finding[]> {
  const { session, home } = context;
  if (!has(context, 'archives', 'id', 'embedding_config')) return [];
  const holders = `select a.id, a.id as archive_id, a.embedding_config::text as config from ${qualified(home, null, 'archives')} a`;
  const found = await findRows(session, differing(holders, home));
  return findingOf(archiveEmbedding, found, (rows) => ({
    where: 'archives.embedding_config',
    message: `${formatCountOf(found.count, 'archive')} with passages that were made otherwise than it says: ${said(rows)}`,
    why: 'A server gives new passages of the archive vectors of its model, which are compared with the old ones.',
    repair: 'Set the archive’s embedding_config to that of its passages, or write the passages again through the API.',
  }));
}

async function agents(context: CheckContext): Promise<Finding[]> {
  const { session, home } = context;
  if (!has(context, 'archives_agents', 'agent_id', 'archive_id') || !has(context, 'agents', 'id', 'embedding_config')) return [];
  const holders = `select a.id, l.archive_id, a.embedding_config::text as config
                     from ${qualified(home, null, 'agents')} a join ${qualified(home, null, 'archives_agents')} l on l.agent_id = a.id`;
  const found = await findRows(session, differing(holders, home));
  return findingOf(archiveEmbedding, found, (rows) => ({
    where: 'agents.embedding_config',
    message: `${formatCountOf(found.count, 'agent')} with memories that were made with another model: ${said(rows)}`,
    why: 'A server gives the agent’s questions vectors of the agent’s model: the memories that it finds are chance.',
    repair: 'Give the agent the embedding model of its memories (PATCH /v1/agents/{id}), or write the memories again through the API.',
  }));
}

const said = (rows: FoundRows['rows']): string => `${rows[0]?.id} has ${rows[0]?.has}, passages ${rows[0]?.made}`;
