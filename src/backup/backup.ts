import { randomBytes } from 'node:crypto';
import { releasesAt } from '../letta/catalogue.ts';
import { driftFromCatalogue } from '../letta/drift.ts';
import { refuseIncomplete } from '../postgres/build-mark.ts';
import type { Database, Session } from '../postgres/database.ts';
import { readGrants } from '../postgres/grants.ts';
import { findHome } from '../postgres/home.ts';
import { readIdentity } from '../postgres/identity.ts';
import { introspect } from '../postgres/introspect.ts';
import { readRevisions } from '../postgres/revisions.ts';
import { refuseTransactionPooler } from '../postgres/server-transaction-pooler.ts';
import { LifeboatError } from '../report/errors.ts';
import { PhaseClock } from '../report/phase-clock.ts';
import type { Reporter } from '../report/progress.ts';
import { Cut } from '../rows/cuts.ts';
import { contentIdOf } from '../vault/content-id.ts';
import type { Manifest } from '../vault/manifest.ts';
import type { SchemaObject } from '../vault/schema-object.ts';
import { jsonContent } from '../vault/table-content.ts';
import type { SnapshotRef, Vault } from '../vault/vault.ts';
import { countSecrets, readAgents } from './census.ts';
import { copyTables } from './copy-tables.ts';
import { readIdentityValues, readSequences } from './read-sequences.ts';

import { joinSnapshot, openSnapshotTransaction } from './snapshot-transaction.ts';
import { tableSizes } from './table-list.ts';
import { Tally } from './tally.ts';
import { boundWarnings, warningsOf } from './warnings.ts';

export interface BackupOptions {
  database: Database;
  vault: Vault;
  reporter: Reporter;
  signal: AbortSignal;
  toolVersion: string;
  /** LETTA_ENCRYPTION_KEY of the server, to tell which secrets decrypt. Never stored. */
  encryptionKey?: string | null;
  tags?: string[];
  /** Sessions that read at once; default 2. */
  jobs?: number;
  /** How long to wait for each table's lock; default 30 s. */
  lockTimeoutMs?: number;
}

export interface BackupResult {
  ref: SnapshotRef;
  manifest: Manifest;
  seconds: number;
}

/**
 * PostgreSQL → vault: one consistent snapshot of the whole database, acknowledged only once its manifest was written
 * and read back. @throws LifeboatError of every kind that `docs/invariants.md` names; nothing is left but garbage then.
 */
export async function backup(options: BackupOptions): Promise<BackupResult> {
  const { database, vault, reporter, signal } = options;
  const clock = new PhaseClock(reporter);
  const started = Date.now();
  const id = randomBytes(8).toString('hex');
  const lock = await vault.lock('shared', 'backup');
  const sessions = new Set<Session>();
  let over = false;
  const abort = () => {
    for (const session of sessions) session.abort();
  };
  signal.addEventListener('abort', abort, { once: true });
  const track = (session: Session) => {
    sessions.add(session);
    // One that was still connecting when the backup ended would keep the process, and its snapshot, alive.
    if (over || signal.aborted) session.abort();
    return session;
  };
  try {
    signal.throwIfAborted();
    clock.phase('connect');
    const observer = track(await database.connect());
    if (database.capabilities.sessions > 1) await refuseTransactionPooler(observer);
    await refuseIncomplete(observer, database.label);
    const home = await findHome(observer);

    clock.phase('lock');
    const transaction = await openSnapshotTransaction(database, observer, {
      lockTimeoutMs: options.lockTimeoutMs ?? 30_000,
      reporter,
      onSession: track,
    });
    const { coordinator } = transaction;
    const model = await introspect(coordinator, home);
    const revisions = await readRevisions(coordinator, home);
    const identity = await readIdentity(coordinator, home);
    const time =
      (await coordinator.query(`select to_char(transaction_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as time`))[0]
        ?.time ?? '';
    const grants = await readGrants(coordinator, home);
    const sizes = await tableSizes(coordinator, home);

    const total = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
    clock.phase('copy', { bytes: total });
    const pending = await vault.pending(id);
    try {
      const tally = new Tally(reporter, pending);
      const workers =
        transaction.exported === null
          ? [coordinator]
          : await Promise.all(
              Array.from({ length: options.jobs ?? 2 }, async () => track(await joinSnapshot(database, transaction.exported as string))),
            );
      const tables = await copyTables(workers, vault, { home, model, sizes }, () => new Cut(vault.cut, vault.cutSeed), tally, signal);
      await tally.publish();

      clock.phase('census');
      const agents = await readAgents(coordinator, home, model);
      const secrets = await countSecrets(coordinator, home, model, options.encryptionKey ?? null);
      const identityValues = await readIdentityValues(coordinator, home, model);
      const sequences = await readSequences(coordinator, home, model);

      clock.phase('commit');
      const store = async (content: Parameters<Vault['putObject']>[0]) => {
        const object = await vault.putObject(content);
        tally.stored(object);
        return object.name;
      };
      const tablesName = await store(
        jsonContent(
          'tables',
          tables.map((table) => table.entry),
        ),
      );
      const schemaName = await store(jsonContent('schema', { model, grants, identityValues } satisfies SchemaObject));
      const censusName = await store(jsonContent('census', { agents, secrets }));
      await tally.publish();
      await endTransactions(workers, coordinator);
      await recheckRevision(database, observer, home, revisions);
      signal.throwIfAborted();

      const warnings = warningsOf({ model, revisions, secrets, identity, agents });
      for (const warning of warnings) reporter.warning(warning);
      await recheckReused(vault, tally.reused);
      const previous = (await vault.listSnapshots()).at(-1);
      const manifest: Manifest = {
        format: 1,
        features: { incompatible: [], compatible: [] },
        id,
        contentId: contentIdOf({
          schema: model,
          sequences,
          tables: tables.map(({ entry, shapeHash, segments }) => ({
            schema: entry.schema,
            name: entry.name,
            rows: entry.rows,
            shapeHash,
            segments,
          })),
        }),
        parent: previous?.id ?? null,
        sequence: (previous?.sequence ?? 0) + 1,
        tool: { name: 'letta-lifeboat', version: options.toolVersion },
        time,
        finished: new Date().toISOString(),
        source: identity,
        letta: {
          revision: revisions.length === 1 ? (revisions[0] ?? null) : null,
          releases: revisions.length === 1 ? releasesAt(revisions[0] ?? '') : [],
          drift: driftFromCatalogue(model, revisions).filter((finding) => finding.severity === 'drift').length,
        },
        totals: {
          tables: tables.length,
          rows: tables.reduce((sum, table) => sum + table.entry.rows, 0),
          bytes: tables.reduce((sum, table) => sum + table.entry.bytes, 0),
          segments: tables.reduce((sum, table) => sum + table.segments.length, 0),
          newBytes: tally.newBytes,
          agents: agents.length,
        },
        tables: tablesName,
        schema: schemaName,
        census: censusName,
        sequences,
        secrets,
        tags: options.tags ?? [],
        warnings: boundWarnings(warnings),
        timings: clock.seconds(),
      };
      const ref = await vault.commitManifest(manifest);
      await recheckReused(vault, tally.reused);
      clock.end();
      return { ref, manifest, seconds: (Date.now() - started) / 1000 };
    } finally {
      await pending.release();
    }
  } catch (error) {
    abort();
    if (signal.aborted) throw new LifeboatError('interrupted', {}, { cause: error });
    throw error;
  } finally {
    over = true;
    signal.removeEventListener('abort', abort);
    await Promise.all([...sessions].map((session) => session.close()));
    await lock.release();
  }
}

async function endTransactions(workers: readonly Session[], coordinator: Session): Promise<void> {
  for (const session of new Set([...workers, coordinator])) await session.query('commit');
}

/** A migration that ran meanwhile would have waited for our locks or changed the revision: read it again outside the snapshot. */
async function recheckRevision(database: Database, observer: Session, home: string, before: readonly string[]): Promise<void> {
  const fresh = database.capabilities.sessions > 1 ? await database.connect() : observer;
  try {
    const after = await readRevisions(fresh, home);
    if (after.join() !== before.join()) throw new LifeboatError('changed-during-backup', { before: before.join(), after: after.join() });
  } finally {
    if (fresh !== observer) await fresh.close();
  }
}

/** What was not written by this run must still be there when the manifest names it. */
async function recheckReused(vault: Vault, reused: ReadonlySet<string>): Promise<void> {
  for (const name of reused) {
    if (!(await vault.hasObject(name))) throw new LifeboatError('object-vanished', { object: name });
  }
}
