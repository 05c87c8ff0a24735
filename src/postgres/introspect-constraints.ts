import type { CheckModel, ForeignKeyModel, IndexModel, UniqueModel } from '../schema/model.ts';
import { byName } from '../schema/order.ts';
import type { Session, TextRow } from './database.ts';
import { columnNames, ifKnown, notCloned, unmodelledConstraint, userRelation } from './introspect-sql.ts';
import { byTable } from './introspect-tables.ts';

export interface TableConstraints {
  primaryKeys: Map<string, { name: string; columns: string[] }[]>;
  uniques: Map<string, UniqueModel[]>;
  foreignKeys: Map<string, ForeignKeyModel[]>;
  checks: Map<string, CheckModel[]>;
}

const actions: Readonly<Record<string, string>> = { a: 'NO ACTION', r: 'RESTRICT', c: 'CASCADE', n: 'SET NULL', d: 'SET DEFAULT' };

/** Primary and foreign keys, unique and check constraints. NOT NULL (which PostgreSQL 18 lists here too) is the column's. */
export async function readKeysAndChecks(
  session: Session,
  relative: (schema: string | null | undefined) => string | null,
): Promise<TableConstraints> {
  const rows = await session.query(`
    SELECT n.nspname AS schema, c.relname AS table, con.conname AS name, con.contype AS kind,
           con.condeferrable AS deferrable, con.condeferred AS deferred, con.convalidated AS validated,
           ${columnNames('con.conkey', 'con.conrelid')} AS columns,
           (SELECT ${ifKnown('i', 'indnullsnotdistinct')} FROM pg_catalog.pg_index i WHERE i.indexrelid = con.conindid) AS nulls_not_distinct,
           rn.nspname AS ref_schema, r.relname AS ref_table, ${columnNames('con.confkey', 'con.confrelid')} AS ref_columns,
           con.confdeltype AS on_delete, con.confupdtype AS on_update, con.confmatchtype AS match,
           CASE WHEN con.contype = 'c' THEN pg_catalog.pg_get_constraintdef(con.oid) END AS definition
      FROM pg_catalog.pg_constraint con
      JOIN pg_catalog.pg_class c ON c.oid = con.conrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN pg_catalog.pg_class r ON r.oid = con.confrelid
      LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
     WHERE c.relkind = 'r' AND con.contype IN ('p', 'u', 'f', 'c') AND ${userRelation}
       AND NOT ${unmodelledConstraint} AND ${notCloned}`);
  const of = <T extends { name: string }>(kind: string, model: (row: TextRow) => T): Map<string, T[]> =>
    sorted(
      byTable(
        rows.filter((row) => row.kind === kind),
        model,
      ),
    );
  return {
    primaryKeys: of('p', (row) => ({ name: row.name ?? '', columns: names(row.columns) })),
    uniques: of('u', (row) => ({
      name: row.name ?? '',
      columns: names(row.columns),
      nullsNotDistinct: row.nulls_not_distinct === 'true',
      ...deferral(row),
    })),
    foreignKeys: of('f', (row) => ({
      name: row.name ?? '',
      columns: names(row.columns),
      refSchema: relative(row.ref_schema),
      refTable: row.ref_table ?? '',
      refColumns: names(row.ref_columns),
      onDelete: actions[row.on_delete ?? ''] ?? '',
      onUpdate: actions[row.on_update ?? ''] ?? '',
      match: row.match === 'f' ? 'FULL' : 'SIMPLE',
      ...deferral(row),
      validated: row.validated === 't',
    })),
    checks: of('c', (row) => ({
      name: row.name ?? '',
      definition: (row.definition ?? '').replace(/ NOT VALID$/, ''),
      validated: row.validated === 't',
    })),
  };
}

/** Indexes that no constraint stands for, cut to what follows the table's name, so that no schema is named. */
export async function readIndexes(session: Session): Promise<Map<string, IndexModel[]>> {
  const rows = await session.query(`
    SELECT n.nspname AS schema, c.relname AS table, ic.relname AS name, i.indisunique AS is_unique, am.amname AS method,
           i.indisvalid AND i.indisready AND i.indislive AS valid,
           ${indexTail('i', 'ic', 'n', 'c')} AS definition
      FROM pg_catalog.pg_index i
      JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
      JOIN pg_catalog.pg_am am ON am.oid = ic.relam
     WHERE c.relkind = 'r' AND ${userRelation}
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint con WHERE con.conindid = i.indexrelid AND con.contype IN ('p', 'u', 'x'))`);
  return sorted(
    byTable(rows, (row) => ({
      name: row.name ?? '',
      unique: row.is_unique === 't',
      method: row.method ?? '',
      definition: row.definition ?? '',
      valid: row.valid === 't',
    })),
  );
}

/** SQL for what follows the table's name in pg_get_indexdef(), found by the length of what stands before it. */
export function indexTail(index: string, indexClass: string, namespace: string, relation: string): string {
  const head = `pg_catalog.format('CREATE %sINDEX %I ON %I.%I ', CASE WHEN ${index}.indisunique THEN 'UNIQUE ' ELSE '' END, ${indexClass}.relname, ${namespace}.nspname, ${relation}.relname)`;
  return `pg_catalog.substr(pg_catalog.pg_get_indexdef(${index}.indexrelid), pg_catalog.length(${head}) + 1)`;
}

function deferral(row: TextRow): { deferrable: boolean; initiallyDeferred: boolean } {
  return { deferrable: row.deferrable === 't', initiallyDeferred: row.deferred === 't' };
}

function names(json: string | null | undefined): string[] {
  return JSON.parse(json ?? '[]') as string[];
}

function sorted<T extends { name: string }>(groups: Map<string, T[]>): Map<string, T[]> {
  for (const group of groups.values()) group.sort(byName);
  return groups;
}
