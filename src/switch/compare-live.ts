import { agentColumnOf } from '../letta/tables.ts';
import type { Session } from '../postgres/database.ts';
import { introspect } from '../postgres/introspect.ts';
import type { Reporter } from '../report/progress.ts';
import { type DatabaseModel, objectKey, qualified, quoteIdent } from '../schema/model.ts';
import type { Manifest, TableEntry } from '../vault/manifest.ts';
import { readSchemaObject } from '../vault/schema-object.ts';
import { readTables } from '../vault/table-content.ts';
import type { Vault } from '../vault/vault.ts';
import { compareContent, type TableDifference } from '../verify/compare-content.ts';
import { agentNames } from './agent-names.ts';
import { reportOf, type Written, type WrittenTable } from './written.ts';

const examplesShown = 20;

export interface LiveComparison {
  written: Written;
  tables: number;
  rows: number;
  bytes: number;
}

/**
 * Compares the live database with the snapshot that its successor was built from, in the snapshot's own release: what
 * differs was written (or deleted) since, and the successor does not have it.
 */
export async function compareLive(options: {
  sessions: readonly [Session, ...Session[]];
  home: string;
  vault: Vault;
  manifest: Manifest;
  reporter: Reporter;
  signal: AbortSignal;
}): Promise<LiveComparison> {
  const { sessions, home, vault, manifest, reporter, signal } = options;
  const [session] = sessions;
  const model = await introspect(session, home);
  const expected = { tables: await readTables(vault, manifest), model: (await readSchemaObject(vault, manifest)).model };
  const { differences, tables, rows, bytes } = await compareContent({
    sessions,
    vault,
    expected,
    actual: { home, model },
    reporter,
    signal,
  });
  const found: WrittenTable[] = [];
  for (const difference of differences) found.push(await describe(session, home, model, difference));
  for (const table of expected.tables) found.push(...(await extraColumns(session, home, model, table)));
  const names = await agentNames(
    session,
    home,
    model,
    found.flatMap(({ agents }) => agents),
  );
  return { written: reportOf(found, names), tables, rows, bytes };
}

async function describe(session: Session, home: string, model: DatabaseModel, difference: TableDifference): Promise<WrittenTable> {
  const { table, reason, rows } = difference;
  const here = rows.filter(({ kind }) => kind !== 'missing');
  return {
    table,
    reason: reason === 'content' ? null : reason,
    written: reason === 'extra table' ? await countRows(session, home, model, table) : here.length,
    deleted: reason === 'missing table' ? difference.rowsExpected : rows.length - here.length,
    byBoot: 0,
    examples: rows.slice(0, examplesShown).map(({ kind, row }) => `${kind === 'missing' ? 'deleted: ' : ''}${row}`),
    agents: await agentsOf(
      session,
      home,
      model,
      table,
      rows.map(({ row }) => row),
    ),
  };
}

/** Columns that were added since and hold something: a comparison in the snapshot's shape does not see them. */
async function extraColumns(session: Session, home: string, model: DatabaseModel, entry: TableEntry): Promise<WrittenTable[]> {
  const table = model.tables.find((each) => objectKey(each) === objectKey(entry));
  const columns = (table?.columns ?? []).filter(
    ({ name, generated }) => generated === null && !entry.shape.some((each) => each.name === name),
  );
  const found: WrittenTable[] = [];
  for (const { name } of columns) {
    const [row] = await session.query(
      `select count(*)::text as rows from only ${qualified(home, entry.schema, entry.name)} where ${quoteIdent(name)} is not null`,
    );
    const written = Number(row?.rows);
    if (written > 0)
      found.push({ table: objectKey(entry), reason: `extra column ${name}`, written, deleted: 0, byBoot: 0, examples: [], agents: [] });
  }
  return found;
}

async function countRows(session: Session, home: string, model: DatabaseModel, key: string): Promise<number> {
  const table = model.tables.find((each) => objectKey(each) === key);
  if (!table) return 0;
  const [row] = await session.query(`select count(*)::text as rows from only ${qualified(home, table.schema, table.name)}`);
  return Number(row?.rows);
}

/** The agents of rows that are known by their keys: `id=…`, or a key that names the agent itself. */
async function agentsOf(session: Session, home: string, model: DatabaseModel, key: string, labels: readonly string[]): Promise<string[]> {
  const table = model.tables.find((each) => objectKey(each) === key);
  const column = table ? agentColumnOf(table) : null;
  if (!table || column === null || !table.columns.some(({ name }) => name === 'id')) return namesIn(labels, column);
  const named = namesIn(labels, column);
  if (named.length > 0) return named;
  const rows = await session.query(
    `select distinct ${quoteIdent(column)}::text as agent from only ${qualified(home, table.schema, table.name)}
      where id::text in (select jsonb_array_elements_text($1::jsonb)) and ${quoteIdent(column)} is not null order by 1`,
    [JSON.stringify(namesIn(labels, 'id'))],
  );
  return rows.map((row) => row.agent ?? '');
}

/** Values of a column among keys as people read them: `agent_id=…, tag=…`. */
function namesIn(labels: readonly string[], column: string | null): string[] {
  if (column === null) return [];
  return [...new Set(labels.flatMap((label) => new RegExp(`(?:^|, )${column}=([^,]+)`).exec(label)?.[1] ?? []))].sort();
}
