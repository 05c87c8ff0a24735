import type { Session } from '../postgres/database.ts';
import { sqlState } from '../postgres/sql-state.ts';
import type { Warning } from '../report/progress.ts';

/** What could not be built as it was, because the snapshot's own rows contradict it. */
export interface Relaxed {
  /** Names of constraints and indexes. */
  names: Set<string>;
  warnings: Warning[];
}

const foreignKeyOrCheckViolated = new Set(['23503', '23514']);
const uniqueViolated = '23505';

/**
 * Runs a statement that adds a constraint or an index. Rows that contradict it were in the source already (loaded with
 * triggers off, or behind a corrupt index): a backup of such a database must come back too. A foreign key or check is
 * then created NOT VALID, so that it guards what comes; a unique one is left out. Both are named.
 */
export async function createConstraint(session: Session, statement: string, relaxed: Relaxed): Promise<void> {
  try {
    await session.query(statement);
  } catch (error) {
    const state = violationOf(error);
    const name = nameIn(statement);
    if (state === null || name === null) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    relaxed.names.add(name);
    if (foreignKeyOrCheckViolated.has(state)) {
      await session.query(`${statement} NOT VALID`);
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
  const name = /^(?:ALTER TABLE .+? ADD CONSTRAINT|CREATE (?:UNIQUE )?INDEX) "((?:[^"]|"")+)"/s.exec(statement)?.[1];
  return name === undefined ? null : name.replaceAll('""', '"');
}
