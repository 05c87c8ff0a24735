import type { Session } from '../postgres/database.ts';
import type { ForeignKeyStatement, SchemaStatements, TableStatement } from '../postgres/ddl.ts';
import { spread } from '../postgres/spread.ts';
import { sqlState } from '../postgres/sql-state.ts';
import type { Warning } from '../report/progress.ts';
import { qualified } from '../schema/model.ts';

/** What could not be built as it was, because the snapshot's own rows contradict it. */
export interface Relaxed {
  /** Names of constraints and indexes. */
  names: Set<string>;
  warnings: Warning[];
}

/**
 * Adds indexes, constraints and foreign keys to tables that are filled, with all sessions at once. What belongs to large
 * tables comes first, so that no session is left with the largest one at the end. No two sessions wait for each
 * other: constraints lock their table, so a table's are one session's; foreign keys lock two tables each while they are added,
 * which takes no time and is one session's, and next to nothing while they are validated.
 */
export async function createConstraints(
  sessions: readonly Session[],
  { indexes, constraints, foreignKeys }: Pick<SchemaStatements, 'indexes' | 'constraints' | 'foreignKeys'>,
  relaxed: Relaxed,
  signal: AbortSignal,
): Promise<void> {
  const [main] = sessions;
  if (!main) return;
  const sizes = await tableSizes(main);
  const largestFirst = <T extends TableStatement>(statements: readonly T[]): T[] =>
    statements.toSorted((a, b) => (sizes.get(b.table) ?? 0) - (sizes.get(a.table) ?? 0));
  const byTable = <T extends TableStatement>(statements: readonly T[]): T[][] => [
    ...Map.groupBy(largestFirst(statements), ({ table }) => table).values(),
  ];
  await spread(sessions, byTable(constraints), signal, async (session, ofOne) => {
    for (const { sql } of ofOne) await createConstraint(session, sql, relaxed);
  });
  await spread(sessions, largestFirst(indexes), signal, (session, { sql }) => createConstraint(session, sql, relaxed));
  await spread([main], foreignKeys, signal, (session, { sql }) => session.query(sql));
  await spread(sessions, byTable<ForeignKeyStatement>(foreignKeys), signal, async (session, ofOne) => {
    for (const { validate } of ofOne) if (validate !== null) await createConstraint(session, validate, relaxed);
  });
}

/** Bytes per table, by its quoted and qualified name. */
async function tableSizes(session: Session): Promise<Map<string, number>> {
  const rows = await session.query(`
    select n.nspname as schema, c.relname as name, pg_table_size(c.oid) as bytes
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r' and n.nspname !~ '^pg_'`);
  return new Map(rows.map(({ schema, name, bytes }) => [qualified('', schema ?? '', name ?? ''), Number(bytes)]));
}

const foreignKeyOrCheckViolated = new Set(['23503', '23514']);
const uniqueViolated = '23505';
/** A foreign key, which is there already. */
const isValidation = /^ALTER TABLE (?:"(?:[^"]|"")+"\.?)+ VALIDATE /;

/**
 * Runs a statement that adds a constraint or an index. Rows that contradict it were in the source already (loaded with
 * triggers off, or behind a corrupt index): a backup of such a database must come back too. A foreign key or check is
 * then created NOT VALID, so that it guards what comes; a unique one is left out. Both are named.
 */
async function createConstraint(session: Session, statement: string, relaxed: Relaxed): Promise<void> {
  try {
    await session.query(statement);
  } catch (error) {
    const state = violationOf(error);
    const name = nameIn(statement);
    if (state === null || name === null) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    relaxed.names.add(name);
    if (foreignKeyOrCheckViolated.has(state)) {
      if (!isValidation.test(statement)) await session.query(`${statement} NOT VALID`);
      relaxed.warnings.push({
        code: 'constraint-not-valid',
        message: `${name} was created NOT VALID, because rows of the snapshot violate it: ${reason}`,
        partial: true,
      });
    } else {
      relaxed.warnings.push({
        code: 'constraint-left-out',
        message: `${name} was left out, because rows of the snapshot violate it: ${reason}`,
        partial: true,
      });
    }
  }
}

function violationOf(error: unknown): string | null {
  const state = sqlState(error);
  return state !== null && (foreignKeyOrCheckViolated.has(state) || state === uniqueViolated) ? state : null;
}

/** The quoted name behind CONSTRAINT or INDEX, unquoted. */
function nameIn(statement: string): string | null {
  const name = /^(?:ALTER TABLE .+? (?:ADD|VALIDATE) CONSTRAINT|CREATE (?:UNIQUE )?INDEX) "((?:[^"]|"")+)"/s.exec(statement)?.[1];
  return name === undefined ? null : name.replaceAll('""', '"');
}
