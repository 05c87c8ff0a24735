import type { Session } from '../postgres/database.ts';
import { readCensus } from '../vault/census-object.ts';
import type { Manifest } from '../vault/manifest.ts';
import type { CarryDifference } from '../verify/compare-projection.ts';
import { type BuildContext, loadedRows, lookAfterwards } from './build-context.ts';

/** One agent of the snapshot in the built database. */
export interface AgentComparison {
  id: string;
  name: string | null;
  /**
   * Under the same id and name, in the same organisation, with as many messages, be it among the rows that were set aside, of which the
   * loss report tells. Their content is what the tables' proof compares.
   */
  there: boolean;
  messages: { expected: number; found: number };
  /** What is not as it was; empty when all is. */
  what: string[];
}

/** Compares the agents one by one, by name and id: what a person asks first. */
export async function compareAgents(
  session: Session,
  { plan, vault, home }: BuildContext,
  manifest: Manifest,
  differences: readonly CarryDifference[],
): Promise<AgentComparison[]> {
  const { agents } = await readCensus(vault, manifest);
  const model = (table: string) => plan.model.tables.find(({ schema, name }) => schema === null && name === table);
  // Up to 0.6.3 agents belonged to users only.
  const organization = model('agents')?.columns.some(({ name }) => name === 'organization_id') ? 'a.organization_id' : 'null::text';
  const messages = model('messages');
  const after = await lookAfterwards(session);
  const counted = messages ? loadedRows(home, messages, after) : null;
  const rows = await session.query(
    `select a.id, a.name, ${organization} as organization, coalesce(m.messages, 0)::text as messages
       from ${loadedRows(home, model('agents')!, after)} a
       left join (select agent_id, count(*) as messages from ${counted ?? '(select null::text as agent_id where false)'} t group by agent_id) m
         on m.agent_id = a.id`,
  );
  const built = new Map(rows.map((row) => [row.id ?? '', row]));
  return agents.map(({ id, name, organization, messages: expected }) => {
    const found = built.get(id);
    const own = differences.filter(({ rows: different }) => different.some(({ row }) => row.includes(id)));
    const what = [
      ...(found === undefined ? ['it is not there'] : []),
      ...(found && found.name !== name ? [`its name is ${found.name ?? 'NULL'}`] : []),
      ...(found && organization !== null && found.organization !== organization ? ['it belongs to another organisation'] : []),
      ...(found && Number(found.messages) !== expected ? [`${found.messages} of ${expected} messages`] : []),
      ...own.map(({ table }) => `rows of ${table} differ`),
    ];
    return { id, name, there: what.length === 0, messages: { expected, found: Number(found?.messages ?? 0) }, what };
  });
}
