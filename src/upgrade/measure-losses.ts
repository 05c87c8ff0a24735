import type { Session, TextRow } from '../postgres/database.ts';
import { spread } from '../postgres/spread.ts';
import type { Chain } from './chain.ts';
import type { Loss } from './loss.ts';
import { keepAside } from './set-aside-tables.ts';

/** Runs the steps' loss queries over the staged snapshot: what they name without a single row is no loss. */
export async function measureLosses(sessions: readonly Session[], chain: Chain, signal: AbortSignal): Promise<Loss[]> {
  const main = sessions[0];
  if (!main) throw new RangeError('a session is needed');
  const found = new Map<string, TextRow[]>();
  await spread(sessions, [...new Set(chain.losses.map(({ sql }) => sql))], signal, async (session, sql) => {
    const rows = await session.query(
      `select q.agent, count(*)::text as rows, string_agg(q.key, E'\\x01' order by q.key) filter (where q.nth <= 10) as keys
         from (select s.key, s.agent, row_number() over (order by s.key) as nth from (${sql}) s(key, agent)) q
        group by q.agent order by count(*) desc, q.agent`,
    );
    found.set(sql, rows);
  });
  const losses: Loss[] = [];
  for (const { sql, by: _by, keep, rows: kept, ...named } of chain.losses) {
    const rows = found.get(sql) ?? [];
    const total = rows.reduce((sum, row) => sum + Number(row.rows), 0);
    if (total === 0) continue;
    if (keep !== undefined && kept !== null) await keepAside({ session: main, from: chain.from, to: chain.to }, keep, kept, named.reason);
    losses.push({
      ...named,
      rows: total,
      agents: rows.flatMap(({ agent, rows: count }) => (agent ? [{ id: agent, rows: Number(count) }] : [])).slice(0, 100),
      examples: rows.flatMap(({ keys }) => keys?.split('\u0001') ?? []).slice(0, 10),
    });
  }
  return losses;
}
