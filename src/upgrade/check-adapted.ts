import { isRead } from '../letta/accepted-values.ts';
import { encryptedColumns } from '../letta/secret-columns.ts';
import type { Session } from '../postgres/database.ts';
import { qualified, quoteIdent, quoteLiteral, type TableModel } from '../schema/model.ts';
import { type AdaptedPlace, adaptedPlaces, repairedTools } from './adapted-places.ts';
import { alterationLog } from './alterations.ts';
import { type Afterwards, type BuildContext, loadedRows, modelOf } from './build-context.ts';
import type { WrongValue } from './run-checks.ts';

/** Findings per place that are named one by one. */
const namedLimit = 20;

/**
 * The second route to values that passes changed after loading: each is held against what it was — nothing changed but
 * what had to, and what it became is accepted by the release. Secrets have a route of their own (`verifySecrets`).
 * @returns nothing when all are right
 */
export async function checkAdapted(session: Session, context: BuildContext, { setAside, altered }: Afterwards): Promise<WrongValue[]> {
  const places = [...repairedTools, ...(isRead(context.release) ? adaptedPlaces(context.release) : [])];
  const wrong: WrongValue[] = [];
  for (const name of [...altered].sort()) {
    const [table = '', column = ''] = name.split('.');
    if (isSecret(table, column)) continue;
    const model = modelOf(context.plan.model.tables, table);
    const place = places.find((each) => each.table === table && each.column === column) ?? emptiedReference(context.home, model, column);
    // A row that was set aside is looked at where it is now.
    const rows = loadedRows(context.home, model, { setAside, altered: new Set() });
    for (const [what, condition] of Object.entries(place.must)) {
      const found = await session.query(
        `select l.id from ${alterationLog} l join ${rows} t on t.id::text = l.id
          where l.table_name = ${quoteLiteral(table)} and l.column_name = ${quoteLiteral(column)} and l.adapted is distinct from l.original
            and (${condition}) is not true order by l.id collate "C" limit ${namedLimit}`,
      );
      for (const { id } of found) wrong.push({ table, row: `id=${id}`, what: `${column} was adapted and ${what}`, by: null });
    }
  }
  return wrong;
}

const isSecret = (table: string, column: string): boolean =>
  encryptedColumns.some((each) => each.table === table && (each.column === column || each.plaintext === column));

/** Any other value may only have been emptied, and only because what it referred to is not there. */
function emptiedReference(home: string, model: TableModel, column: string): AdaptedPlace {
  const key = model.foreignKeys.find(({ columns }) => columns.includes(column));
  const target = key?.refColumns[key.columns.indexOf(column)];
  return {
    table: model.name,
    column,
    must: {
      'was changed to another value': 'l.adapted is null',
      'is not known to have to be': key === undefined || target === undefined ? 'false' : 'true',
      ...(key === undefined || target === undefined
        ? {}
        : {
            'what it referred to is there': `not exists (select from ${qualified(home, key.refSchema, key.refTable)} x where x.${quoteIdent(target)}::text = l.original)`,
          }),
    },
  };
}
