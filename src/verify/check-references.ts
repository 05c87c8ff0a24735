import { unguardedReferences } from '../letta/references.ts';
import type { Session } from '../postgres/database.ts';
import { type DatabaseModel, type ForeignKeyModel, objectKey, qualified, quoteIdent, type TableModel } from '../schema/model.ts';
import type { Finding } from './finding.ts';

const shown = 5;

/** Every reference that leads nowhere: those that Letta keeps without a foreign key, and foreign keys that were never enforced. */
export async function checkReferences(session: Session, home: string, model: DatabaseModel): Promise<Finding[]> {
  const findings: Finding[] = [];
  const table = (name: string) => model.tables.find((each) => each.schema === null && each.name === name);
  for (const reference of unguardedReferences) {
    const [from, to] = [table(reference.table), table(reference.target)];
    if (!from?.columns.some((column) => column.name === reference.column) || !to) continue;
    const column = `t.${quoteIdent(reference.column)}`;
    const ids =
      reference.holds === 'id'
        ? `select t.id as holder, ${column} as id from ${qualified(home, null, reference.table)} t where ${column} is not null`
        : `select t.id as holder, e.id from ${qualified(home, null, reference.table)} t, json_array_elements_text(case when json_typeof(${column}) = 'array' then ${column} else '[]'::json end) e(id)`;
    const rows = await session.query(
      `select holder, id, count(*) over () as total from (${ids}) r where not exists (select from ${qualified(home, null, reference.target)} x where x.id = r.id) order by 1, 2 limit ${shown}`,
    );
    if (rows.length === 0) continue;
    findings.push({
      code: 'reference-dangling',
      severity: reference.table === 'steps' ? 'note' : 'warning',
      where: `${reference.table}.${reference.column}`,
      message: `${rows[0]?.total} reference(s) to ${reference.target} lead nowhere, e.g. ${rows.map((row) => `${row.holder} → ${row.id}`).join(', ')}; ${reference.effect}`,
      repair: null,
    });
  }
  for (const each of model.tables) {
    for (const key of each.foreignKeys) {
      const finding = await checkForeignKey(session, home, each, key);
      if (finding) findings.push(finding);
    }
  }
  return findings;
}

/** A foreign key guards only what was written while it was enforced: loads with triggers off leave orphans behind. */
async function checkForeignKey(session: Session, home: string, table: TableModel, key: ForeignKeyModel): Promise<Finding | null> {
  const filled = key.columns.map((column) => `t.${quoteIdent(column)} is not null`).join(' and ');
  const matched = key.columns
    .map((column, index) => `x.${quoteIdent(key.refColumns[index] ?? '')} = t.${quoteIdent(column)}`)
    .join(' and ');
  const label = key.columns.map((column) => `t.${quoteIdent(column)}::text`).join(` || ',' || `);
  const rows = await session.query(
    `select ${label} as id, count(*) over () as total from only ${qualified(home, table.schema, table.name)} t
      where ${filled} and not exists (select from ${qualified(home, key.refSchema, key.refTable)} x where ${matched}) limit ${shown}`,
  );
  if (rows.length === 0) return null;
  return {
    code: 'foreign-key-violated',
    severity: 'error',
    where: `${objectKey(table)}.${key.columns.join(',')}`,
    message: `${rows[0]?.total} row(s) violate ${key.name}: ${rows.map((row) => row.id).join(', ')}; a restore could not create the constraint`,
    repair: null,
  };
}
