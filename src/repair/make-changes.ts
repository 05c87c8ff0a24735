import { randomBytes } from 'node:crypto';
import type { Database, Session } from '../postgres/database.ts';
import { introspect } from '../postgres/introspect.ts';
import { LifeboatError } from '../report/errors.ts';
import type { Reporter } from '../report/progress.ts';
import type { Vault } from '../vault/vault.ts';
import type { Change } from '../verify/change.ts';
import type { AppliedChange } from './applied-change.ts';
import { applyChanges, type ChangeTarget } from './apply-changes.ts';
import { identityDifferences, identityOf, refuseOthers, type TargetIdentity } from './repair-target.ts';
import type { UndoRecord } from './undo-record.ts';

export interface Making {
  database: Database;
  vault: Vault;
  /** Which database was planned for. */
  identity: TargetIdentity;
  changes: readonly (Change | AppliedChange)[];
  /** Others may be connected meanwhile. */
  whileInUse: boolean;
  /** What the record says besides. */
  about: Pick<UndoRecord, 'tool' | 'command' | 'undoes' | 'plan' | 'findings'>;
  /** Looks at the database within the transaction, before anything is changed. */
  look?(target: ChangeTarget): Promise<void>;
  /** Looks at the result within the transaction; what it throws undoes everything. */
  prove(target: ChangeTarget, applied: readonly AppliedChange[]): Promise<void>;
  reporter: Reporter;
  signal: AbortSignal;
}

/**
 * Makes changes in one transaction: exactly these, in exactly this database, or none. What they replaced is in the vault
 * before COMMIT, so a crash in between leaves a record of something that did not happen, and never the other way round.
 *
 * @returns the record; @throws LifeboatError row-changed, change-refused, other-database, target-busy, outcome-unknown …
 */
export async function makeChanges(making: Making): Promise<UndoRecord> {
  const { database, vault, signal } = making;
  const session = await database.connect();
  const abort = () => session.abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    if (!making.whileInUse) await refuseOthers(session, database.label);
    // One view for all: a row that somebody else commits meanwhile is an error, not a surprise.
    await session.query(`begin isolation level repeatable read; set local lock_timeout = '10s'; set local synchronous_commit = on`);
    const record = await within(session, making);
    signal.throwIfAborted();
    await vault.putRecord('undo', record);
    await commit(session, record);
    return record;
  } finally {
    signal.removeEventListener('abort', abort);
    // Anything that was not committed goes with the session.
    await session.close();
  }
}

async function within(session: Session, { database, identity, changes, about, look, prove, reporter }: Making): Promise<UndoRecord> {
  const found = await identityOf(session, identity.home);
  const different = identityDifferences(identity, found);
  if (different.length > 0) throw new LifeboatError('other-database', { database: database.label, reason: different.join(', ') });
  const target = { session, home: identity.home, model: await introspect(session, identity.home) };
  await look?.(target);
  reporter.phase('change', { rows: changes.length });
  const applied = await applyChanges(target, changes, (rows) => reporter.progress({ rows }));
  await prove(target, applied);
  const [row] = await session.query('select pg_current_xact_id()::text as xid');
  return {
    format: 1,
    id: randomBytes(8).toString('hex'),
    time: new Date().toISOString(),
    ...about,
    database: found,
    xid: row?.xid ?? '',
    changes: applied,
  };
}

/** When the answer to COMMIT is lost, only the server knows what happened; `undo` asks it. */
async function commit(session: Session, { id }: UndoRecord): Promise<void> {
  try {
    await session.query('commit');
  } catch (error) {
    if (error instanceof LifeboatError && error.code === 'connection-lost')
      throw new LifeboatError('outcome-unknown', { id }, { cause: error });
    throw error;
  }
}
