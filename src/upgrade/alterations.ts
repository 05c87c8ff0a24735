import type { Session, TextRow } from '../postgres/database.ts';
import { qualified, quoteIdent, quoteLiteral, type TableModel } from '../schema/model.ts';
import { type Built, sourceSchema } from './built.ts';
import { inTransaction } from './in-transaction.ts';
import { agentText, builtTable, keyText, summarise, type Touched, touchedFrom } from './touched.ts';

/** Name of the log, as SQL: table_name, id, column_name, original, adapted. */
export const alterationLog = `${quoteIdent(sourceSchema)}.altered`;
const log = alterationLog;

/**
 * Creates, where it is missing, the log of values that passes change after loading. Only with it can the proof compare
 * the built database with the snapshot. `original` is the exact text of the value (NULL for NULL); what a value was
 * before its first alteration is what counts. `adapted` is its text after the last one, which the proof must find again.
 */
export async function openAlterations(session: Session): Promise<void> {
  await session.query(`create schema if not exists ${quoteIdent(sourceSchema)}`);
  await session.query(
    `create table if not exists ${log} (table_name text not null, id text not null, column_name text not null, original text,
       adapted text, primary key (table_name, column_name, id))`,
  );
}

/** One column, set in all rows that fulfil a condition. */
export interface ColumnAlteration {
  /** One of Letta's tables that has an `id`. */
  table: string;
  column: string;
  /** SQL expression over the row `t`. */
  set: string;
  /** SQL condition over the row `t`. */
  where: string;
}

/** Changes a column of many rows at once, in one transaction with the log of what they held. */
export async function alterColumn(built: Built, { table, column, set, where }: ColumnAlteration): Promise<Touched> {
  await openAlterations(built.session);
  const model = withId(built, table);
  const home = qualified(built.home, null, table);
  return inTransaction(built.session, async () => {
    await built.session.query(
      `insert into ${log} select ${name(table)}, t.id::text, ${name(column)}, t.${quoteIdent(column)}::text from ${home} t where (${where})
         on conflict do nothing`,
    );
    return touchedFrom(
      await built.session.query(
        `with changed as (update ${home} t set ${quoteIdent(column)} = (${set}) where (${where}) returning ${changed(model, column)}),
              noted as (${note(table, column)})
         ${summarise('changed')}`,
      ),
    );
  });
}

/** Sets one value that was computed here; `value` is its text, null for NULL. */
export function alterValue(built: Built, table: string, column: string, id: string, value: string | null): Promise<Touched> {
  return alterValues(built, table, column, [{ id, value }]);
}

/** Sets many values that were computed here, in one transaction with the log of what the rows held. */
export async function alterValues(
  built: Built,
  table: string,
  column: string,
  values: readonly { id: string; value: string | null }[],
): Promise<Touched> {
  await openAlterations(built.session);
  const model = withId(built, table);
  const type = model.columns.find((each) => each.name === column)?.type;
  if (type === undefined) throw new RangeError(`the target has no column ${table}.${column}`);
  const home = qualified(built.home, null, table);
  const given = 'json_to_recordset($1::json) as n (id text, value text)';
  const list = JSON.stringify(values);
  return inTransaction(built.session, async () => {
    await built.session.query(
      `insert into ${log} select ${name(table)}, t.id::text, ${name(column)}, t.${quoteIdent(column)}::text
         from ${home} t join ${given} on n.id = t.id::text on conflict do nothing`,
      [list],
    );
    return touchedFrom(
      await built.session.query(
        `with changed as (update ${home} t set ${quoteIdent(column)} = n.value::${type} from ${given} where n.id = t.id::text
                          returning ${changed(model, column)}),
              noted as (${note(table, column)})
         ${summarise('changed')}`,
        [list],
      ),
    );
  });
}

/**
 * How the proof reads a column as it was loaded: put `join` behind the table (alias `t`, a row of the built table or of
 * its rows that were set aside) and take `value`.
 */
export function originalOf(alias: string, table: string, column: string, type: string): { value: string; join: string } {
  const logged = quoteIdent(`was ${column}`);
  return {
    value: `case when ${logged}.id is null then ${alias}.${quoteIdent(column)} else ${logged}.original::${type} end`,
    join: `left join ${log} ${logged} on ${logged}.table_name = ${name(table)} and ${logged}.column_name = ${name(column)} and ${logged}.id = ${alias}.id::text`,
  };
}

const changed = (model: TableModel, column: string): string =>
  `${keyText(model, 't')} as key, ${agentText(model, 't')} as agent, t.id::text as id, t.${quoteIdent(column)}::text as now`;

const note = (table: string, column: string): string =>
  `update ${log} l set adapted = c.now from changed c where l.table_name = ${name(table)} and l.column_name = ${name(column)} and l.id = c.id`;

/**
 * Altered values that are no longer what the last alteration made them, as `table_name`, `row` and `column_name`.
 * @param rows SQL of all rows that a built table has or had, by its name
 */
export async function changedSince(session: Session, altered: Iterable<string>, rows: (table: string) => string): Promise<TextRow[]> {
  const found: TextRow[] = [];
  for (const place of altered) {
    const [table = '', column = ''] = place.split('.');
    found.push(
      ...(await session.query(
        `select l.table_name, 'id=' || l.id as row, l.column_name from ${log} l join ${rows(table)} t on t.id::text = l.id
          where l.table_name = ${name(table)} and l.column_name = ${name(column)} and t.${quoteIdent(column)}::text is distinct from l.adapted
          order by l.id collate "C" limit 50`,
      )),
    );
  }
  return found;
}

function withId(built: Built, table: string): ReturnType<typeof builtTable> {
  const model = builtTable(built, table);
  if (!model.columns.some((column) => column.name === 'id'))
    throw new RangeError(`${table} has no id by which an alteration could be undone`);
  return model;
}

const name = (text: string): string => quoteLiteral(text).trim();
