import { schemaHas } from '../../letta/catalogue.ts';
import { encryptedColumns, secretText } from '../../letta/secret-columns.ts';
import { showsPlaceholder } from '../../letta/secret-rules.ts';
import type { TextRow } from '../../postgres/database.ts';
import { qualified, quoteIdent } from '../../schema/model.ts';
import type { Built } from '../built.ts';
import { agentText, builtTable, hasColumn } from '../touched.ts';

/** One of the ten pairs of columns, as the target and the snapshot have them. */
export interface SecretColumn {
  table: string;
  /** `…_enc` */
  column: string;
  /** Whether the target has the `_enc` column. */
  inTarget: boolean;
  /** The older column; null where the target has none. */
  plaintext: string | null;
  /** Whether the older column is JSON (`custom_headers`). */
  json: boolean;
  /** Whether an empty value, too, has to be in `_enc` for the target's server. */
  emptyCounts: boolean;
  /** The relation with the snapshot's `_enc` values, when the target's table does not hold them. */
  relation: string | null;
}

/**
 * The pairs that the target or the snapshot has.
 * @param encryptedIn SQL name of a relation with `id` and the snapshot's `_enc` columns of a table; null: the snapshot
 * does not have them. Asked only about columns that the target lacks and the snapshot's revision has.
 * @throws RangeError when the relation lacks such a column: its secrets would be lost without a word
 */
export async function secretColumnsOf(built: Built, encryptedIn: (table: string) => string | null): Promise<SecretColumn[]> {
  const columns: SecretColumn[] = [];
  for (const { table, column, plaintext } of encryptedColumns) {
    if (!hasColumn(built, table, 'id')) continue;
    const inTarget = hasColumn(built, table, column);
    const relation = inTarget || !schemaHas(built.from.revision, table, column) ? null : encryptedIn(table);
    if (relation !== null && !(await relationHas(built, relation, column))) throw new RangeError(`${relation} has no column ${column}`);
    const older = builtTable(built, table).columns.find(({ name }) => name === plaintext);
    if (!inTarget && relation === null) continue; // nothing that could have to be moved
    columns.push({
      table,
      column,
      inTarget,
      plaintext: older?.name ?? null,
      json: older?.type === 'json',
      emptyCounts: inTarget && showsPlaceholder(built.to, table),
      relation,
    });
  }
  return columns;
}

async function relationHas({ session }: Built, relation: string, column: string): Promise<boolean> {
  const found = await session.query('select 1 from pg_attribute where attrelid = to_regclass($1) and attname = $2 and not attisdropped', [
    relation,
    column,
  ]);
  return found.length > 0;
}

export interface SecretRow {
  id: string;
  agent: string | null;
  /** The `_enc` value, null for an empty one. */
  enc: string | null;
  /** The older column's text, null for an empty one. */
  plain: string | null;
}

/** All rows in which a pair holds something, in the order of their ids, some at a time. Rows may be altered meanwhile. */
export async function* secretRows(built: Built, of: SecretColumn): AsyncGenerator<SecretRow[]> {
  const enc = of.inTarget ? `t.${quoteIdent(of.column)}` : `s.${quoteIdent(of.column)}`;
  const plain = of.plaintext === null ? 'null::text' : `t.${quoteIdent(of.plaintext)}::text`;
  const join = of.relation === null || of.inTarget ? '' : `left join ${of.relation} s on s.id::text = t.id::text`;
  const statement = `select t.id::text as id, ${agentText(builtTable(built, of.table), 't')} as agent, ${enc} as enc, ${plain} as plain
     from ${qualified(built.home, null, of.table)} t ${join}
    where (${of.emptyCounts} or coalesce(${enc}, '') <> '' or coalesce(${plain}, '') <> '') and t.id::text > $1 collate "C"
    order by t.id::text collate "C" limit 1000`;
  for (let last = ''; ; ) {
    const page = await built.session.query(statement, [last]);
    if (page.length === 0) return;
    last = page.at(-1)?.id ?? '';
    yield page.map((row) => secretRow(row, of.json)).filter(({ enc, plain }) => of.emptyCounts || enc !== null || plain !== null);
  }
}

export function secretRow({ id, agent, enc, plain }: TextRow, json: boolean): SecretRow {
  return { id: id ?? '', agent: agent ?? null, enc: enc || null, plain: secretText(plain, json) };
}
