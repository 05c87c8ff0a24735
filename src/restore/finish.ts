import type { Session } from '../postgres/database.ts';
import { sqlState } from '../postgres/sql-state.ts';
import type { Warning } from '../report/progress.ts';
import { type DatabaseModel, qualified, quoteIdent } from '../schema/model.ts';
import { setAsideSchema } from '../schema/own-schemas.ts';
import type { Manifest } from '../vault/manifest.ts';
import type { IdentityValue } from '../vault/schema-object.ts';
import { settingStatements } from './database-settings.ts';

/**
 * Sets every sequence to at least the snapshot's value. Sequences were read after the rows, so the value is at or
 * beyond the data already; `message_seq_id` belongs to no column (letta-server.md §3), so it is set by name.
 */
export async function setSequences(
  session: Session,
  home: string,
  sequences: Manifest['sequences'],
  identityValues: readonly IdentityValue[],
): Promise<void> {
  for (const sequence of sequences) {
    await session.query('select setval($1::regclass, $2::bigint, $3::boolean)', [
      qualified(home, sequence.schema, sequence.name),
      sequence.lastValue,
      sequence.isCalled,
    ]);
  }
  for (const value of identityValues) {
    await session.query('select setval(pg_get_serial_sequence($1, $2), $3::bigint, $4::boolean)', [
      qualified(home, value.schema, value.table),
      value.column,
      value.lastValue,
      value.isCalled,
    ]);
  }
}

/** Database-level settings. One that this role may not set, or that this server does not know, is named and left out. */
export async function applySettings(
  session: Session,
  database: string,
  settings: Record<string, string>,
  homes: { from: string; to: string },
): Promise<Warning[]> {
  const { statements, refused } = settingStatements(database, settings, homes);
  const warnings: Warning[] = refused.map((name) => ({
    code: 'setting-refused',
    message: `database setting ${name} would load code into every session and was left out`,
    partial: true,
  }));
  for (const { name, sql } of statements) {
    try {
      await session.query(sql);
    } catch (error) {
      // Without the search_path a server would boot empty and look healthy: that one is no warning.
      if (name === 'search_path') throw error;
      if (sqlState(error) === null) throw error;
      warnings.push({
        code: 'setting-failed',
        message: `database setting ${name} could not be set: ${(error as Error).message}`,
        partial: true,
      });
    }
  }
  return warnings;
}

/** Gives everything in the new database, and then the database itself, to the asked role. */
export async function changeOwner(session: Session, database: string, home: string, model: DatabaseModel, owner: string): Promise<void> {
  const role = quoteIdent(owner);
  for (const schema of new Set([home, ...model.schemas])) await session.query(`alter schema ${quoteIdent(schema)} owner to ${role}`);
  for (const type of model.enums) await session.query(`alter type ${qualified(home, type.schema, type.name)} owner to ${role}`);
  for (const table of model.tables) await session.query(`alter table ${qualified(home, table.schema, table.name)} owner to ${role}`);
  for (const sequence of model.sequences) {
    // A sequence owned by a column follows its table's owner and cannot be given away alone.
    if (sequence.ownedBy === null)
      await session.query(`alter sequence ${qualified(home, sequence.schema, sequence.name)} owner to ${role}`);
  }
  await changeOwnerOfSetAside(session, role);
  await session.query(`alter database ${quoteIdent(database)} owner to ${role}`);
}

/** What an upgrade set aside is no part of the model; a backup by the new owner has to read it all the same. */
async function changeOwnerOfSetAside(session: Session, role: string): Promise<void> {
  const schema = quoteIdent(setAsideSchema);
  const [found] = await session.query('select to_regnamespace($1) as schema', [schema]);
  if (!found?.schema) return;
  await session.query(`alter schema ${schema} owner to ${role}`);
  const tables = await session.query(`select relname from pg_class where relnamespace = $1::regnamespace and relkind = 'r'`, [schema]);
  for (const { relname } of tables) await session.query(`alter table ${schema}.${quoteIdent(relname ?? '')} owner to ${role}`);
}
