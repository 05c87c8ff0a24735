import { acceptedValues } from '../../letta/accepted-values.ts';
import { readableElements, sqlList } from '../../letta/json-sql.ts';
import { addressedTables, idPatternOf, refusedName, validatesIds } from '../../letta/refused/names-and-ids.ts';
import { isSince } from '../../letta/serving-release.ts';
import type { Session } from '../../postgres/database.ts';
import { spread } from '../../postgres/spread.ts';
import { formatCountOf } from '../../report/format.ts';
import type { Warning } from '../../report/progress.ts';
import { qualified } from '../../schema/model.ts';
import type { Built } from '../built.ts';
import { hasColumn } from '../touched.ts';

/** `1 agent`, `2 messages`, `3 rows of tools`. */
function counted(rows: number, table: string): string {
  if (table === 'agents' || table === 'messages') return formatCountOf(rows, table.slice(0, -1));
  return formatCountOf(rows, `row of ${table}`, `rows of ${table}`);
}

/**
 * What the target's server will not show or do although it loads the rows, and what no change here would make better: nothing is altered.
 */
export async function noticeValues(
  built: Built,
  release: string,
  { sessions, signal }: { sessions: readonly Session[]; signal: AbortSignal },
): Promise<Warning[]> {
  const notices: { code: string; table: string; where: string; message: (rows: string, example: string) => string }[] = [];
  const notice = (code: string, table: string, where: string, message: (rows: string, example: string) => string) => {
    if (hasColumn(built, table, 'id')) notices.push({ code, table, where, message });
  };
  const name = refusedName(release);
  if (name !== null)
    notice(
      'name-not-exportable',
      'agents',
      name,
      (rows, example) => `${rows} with a name that Letta ${release} refuses when it exports an agent, such as ${example}; all else works`,
    );
  if (validatesIds(release))
    for (const table of addressedTables)
      notice(
        'id-not-addressable',
        table,
        `t.id !~ '${idPatternOf(table) ?? ''}'`,
        (rows, example) =>
          `${rows} with an id that Letta ${release} does not take in an address, such as ${example}: listed, but not to be asked for one by one`,
      );
  const shown = acceptedValues('MessageContentType', release) ?? [];
  if (!shown.includes('summarized_reasoning'))
    notice(
      'message-parts-hidden',
      'messages',
      `t.content::text like '%summarized_reasoning%' and exists (select from ${readableElements('t.content', 'p')} where p.item ->> 'type' not in ${sqlList(shown)})`,
      (rows, example) =>
        `${rows} with parts that Letta ${release} leaves out when it reads them, such as ${example}; they stay in the database`,
    );
  if (!isSince(release, '0.12.0'))
    notice(
      'parallel-calls',
      'messages',
      `t.role = 'assistant' and case when json_typeof(t.tool_calls) = 'array' then json_array_length(t.tool_calls) > 1 end`,
      (rows, example) =>
        `${rows} calling several tools at once, such as ${example}, which Letta ${release} cannot do: while an agent has one in mind, its model's provider may refuse to answer`,
    );
  const warnings: (Warning | null)[] = notices.map(() => null);
  await spread(sessions, [...notices.entries()], signal, async (session, [index, { code, table, where, message }]) => {
    const [found] = await session.query(
      `select count(*) as rows, min(t.id) as example from ${qualified(built.home, null, table)} t where ${where}`,
    );
    if (found?.rows && found.rows !== '0')
      warnings[index] = { code, message: message(counted(Number(found.rows), table), found.example ?? ''), partial: false };
  });
  return warnings.filter((warning) => warning !== null);
}
