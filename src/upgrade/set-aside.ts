import { qualified, quoteIdent, quoteLiteral } from '../schema/model.ts';
import { setAsideSchema } from '../schema/own-schemas.ts';
import type { Built } from './built.ts';
import { inTransaction } from './in-transaction.ts';
import type { Loss } from './loss.ts';
import { openSetAside, setAsideTableFor } from './set-aside-tables.ts';
import { agentText, builtTable, keyText, summarise, touchedFrom } from './touched.ts';

export interface SettingAside {
  /** One of Letta's tables, with or without a primary key. */
  table: string;
  /** SQL condition over the row `t`. */
  where: string;
  /** In plain words; kept beside every row, and in the loss report. */
  reason: string;
  /** What has to be done before the rows can come back, in words; the statement itself is always given. */
  wayBack?: string;
}

/**
 * Moves rows out of the server's sight into `lifeboat_set_aside`, in a table of the same columns, with a note about each
 * of them in `lifeboat_set_aside.reasons`. Rows that refer to them are the caller's business.
 *
 * @returns null when no row fulfils the condition; nothing is created then
 */
export async function setAside(built: Built, { table, where, reason, wayBack }: SettingAside): Promise<Loss | null> {
  const { session } = built;
  const model = builtTable(built, table);
  const home = qualified(built.home, null, table);
  const [any] = await session.query(`select 1 from ${home} t where (${where}) limit 1`);
  if (!any) return null;
  const columns = model.columns.map(({ name }) => quoteIdent(name)).join(', ');
  return inTransaction(session, async () => {
    const reasons = await openSetAside(session);
    const keptIn = await setAsideTableFor(built, table);
    const touched = touchedFrom(
      await session.query(
        `with gone as (delete from ${home} t where (${where}) returning t.*),
              kept as (insert into ${aside(keptIn)} (${columns}) select ${columns} from gone),
              listed as (select ${keyText(model, 'g')} as key, ${agentText(model, 'g')} as agent from gone g),
              noted as (insert into ${reasons} (table_name, kept_in, row_key, reason, from_revision, to_revision)
                        select $1, $2, key, $3, $4, $5 from listed)
         ${summarise('listed')}`,
        [table, keptIn, reason, built.from.revision, built.to.revision],
      ),
    );
    const back = `insert into ${home} (${columns}) select ${columns} from ${aside(keptIn)} k where exists (select from ${reasons} r where r.kept_in = ${literal(keptIn)} and r.row_key = ${keyText(model, 'k')} and r.reason = ${literal(reason)})`;
    return { class: 'set aside', table, column: null, ...touched, reason, wayBack: wayBack === undefined ? back : `${wayBack}\n${back}` };
  });
}

const aside = (name: string): string => `${quoteIdent(setAsideSchema)}.${quoteIdent(name)}`;
const literal = (text: string): string => quoteLiteral(text).trim();
