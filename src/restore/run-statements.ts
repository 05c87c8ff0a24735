import type { Session } from '../postgres/database.ts';
import { sqlState } from '../postgres/sql-state.ts';
import type { Warning } from '../report/progress.ts';

/** Runs statements one after the other; the first failure ends it. */
export async function runAll(session: Session, statements: readonly string[], signal: AbortSignal): Promise<void> {
  for (const statement of statements) {
    signal.throwIfAborted();
    await session.query(statement);
  }
}

/**
 * Runs the stored definitions of objects that Lifeboat does not model. They may depend on each other in ways that
 * only PostgreSQL knows, so what failed is tried again as long as anything else succeeds; the rest is named.
 */
export async function runDefinitions(session: Session, definitions: readonly string[]): Promise<Warning[]> {
  let left = [...definitions];
  let failures = new Map<string, string>();
  while (left.length > 0) {
    failures = new Map();
    for (const definition of left) {
      try {
        await session.query(definition);
      } catch (error) {
        if (sqlState(error) === null) throw error;
        failures.set(definition, (error as Error).message);
      }
    }
    if (failures.size === left.length) break;
    left = left.filter((definition) => failures.has(definition));
  }
  return [...failures].map(([definition, message]) => ({
    code: 'definition-failed',
    message: `${definition.slice(0, 80)}: ${message}`,
    partial: true,
  }));
}
