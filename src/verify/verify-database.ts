import { releasesAt } from '../letta/catalogue.ts';
import { type RestoreMark, readMark } from '../postgres/build-mark.ts';
import type { Database } from '../postgres/database.ts';
import { findHome } from '../postgres/home.ts';
import type { Reporter, Warning } from '../report/progress.ts';
import { readSchemaObject } from '../vault/schema-object.ts';
import { readTables } from '../vault/table-content.ts';
import type { SnapshotRef, Vault } from '../vault/vault.ts';
import { allChecks } from './all-checks.ts';
import { checkContext } from './check-context.ts';
import { restoreUnfinished, unfinished } from './checks/restore-unfinished.ts';
import { type ContentComparison, compareContent } from './compare-content.ts';
import type { Finding } from './finding.ts';
import { type CheckRun, runChecks } from './run-checks.ts';
import { type QueryTime, queryTimes } from './test-queries.ts';

export interface DatabaseVerification {
  /** null: not looked at, as the database is unfinished. */
  home: string | null;
  revision: string | null;
  releases: string[];
  /** null: not looked at, as the database is unfinished. */
  tables: number | null;
  findings: Finding[];
  /** One per check that was made, in order. */
  runs: CheckRun[];
  /** What a server asks most, as the checks ran it. */
  queries: Omit<QueryTime, 'error'>[];
  /** Only when a snapshot was given to compare with. */
  comparison: ContentComparison | null;
  /** What has to be known to read the comparison. */
  warnings: Warning[];
  /** The mark that an interrupted restore left; null on every other database. */
  unfinished: RestoreMark | null;
}

/**
 * Verifies a database by SQL, in one read-only transaction: every check; and, given a snapshot, every row against it.
 * Of a database that a restore left unfinished nothing but that is found: whatever is missing there is missing for that reason.
 * Changes nothing and never asks a Letta server, some of whose GETs delete rows (letta-server.md §0.5).
 *
 * @throws LifeboatError no-letta, several-lettas, and what connecting throws
 */
export async function verifyDatabase(
  database: Database,
  options: {
    /** LETTA_ENCRYPTION_KEY as the server has it; null: not given. */
    encryptionKey: string | null;
    against?: { vault: Vault; ref: SnapshotRef };
    reporter: Reporter;
    signal: AbortSignal;
  },
): Promise<DatabaseVerification> {
  const { encryptionKey, reporter, signal } = options;
  const session = await database.connect();
  const abort = () => session.abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    const started = performance.now();
    const mark = await readMark(session);
    if (mark?.state === 'incomplete') return ofUnfinished(mark, (performance.now() - started) / 1000);
    const home = await findHome(session);
    await session.query('begin isolation level repeatable read read only');
    await session.query('set local row_security = off');
    reporter.phase('schema');
    const context = await checkContext(session, home, { encryptionKey, now: new Date() });
    const { model, revisions } = context;
    reporter.phase('checks');
    const { findings, runs } = await runChecks(context, allChecks, { reporter, signal });
    const queries = await queryTimes(context);

    const revision = revisions.length === 1 ? (revisions[0] ?? null) : null;
    const releases = revision === null ? [] : releasesAt(revision);
    let comparison: ContentComparison | null = null;
    const warnings: Warning[] = [];
    if (options.against) {
      const { vault, ref } = options.against;
      const manifest = await vault.readManifest(ref);
      const expected = { tables: await readTables(vault, manifest), model: (await readSchemaObject(vault, manifest)).model };
      if (manifest.letta.revision !== revision)
        warnings.push({
          code: 'other-release',
          message: `the snapshot is of Letta ${nameOf(manifest.letta)}, the database of ${nameOf({ revision, releases })}: what changed between them differs here, right as it may be. \`upgrade\` and \`drill --release\` prove what came through`,
          partial: false,
        });
      reporter.phase('compare', { rows: manifest.totals.rows, bytes: manifest.totals.bytes });
      comparison = await compareContent({ sessions: [session], vault, expected, actual: { home, model }, reporter, signal });
    }
    await session.query('commit');
    return { home, revision, releases, tables: model.tables.length, findings, runs, queries, comparison, warnings, unfinished: null };
  } finally {
    signal.removeEventListener('abort', abort);
    await session.close();
  }
}

/** @param seconds that reading the mark took */
const ofUnfinished = (mark: RestoreMark, seconds: number): DatabaseVerification => ({
  home: null,
  revision: null,
  releases: [],
  tables: null,
  findings: [unfinished(mark)],
  runs: [{ code: restoreUnfinished.code, seconds, findings: 1 }],
  queries: [],
  comparison: null,
  warnings: [],
  unfinished: mark,
});

const nameOf = ({ revision, releases }: { revision: string | null; releases: readonly string[] }): string =>
  releases.at(-1) ?? revision ?? 'an unknown release';
