import { releasesAt } from '../letta/catalogue.ts';
import { driftFromCatalogue } from '../letta/drift.ts';
import { recogniseSchema, type SchemaStateCode } from '../letta/recognise-schema.ts';
import { readMark } from '../postgres/build-mark.ts';
import type { Database } from '../postgres/database.ts';
import { findHome } from '../postgres/home.ts';
import { introspect } from '../postgres/introspect.ts';
import { readRevisions } from '../postgres/revisions.ts';
import type { Reporter } from '../report/progress.ts';
import type { DatabaseModel } from '../schema/model.ts';
import { setAsideSchema } from '../schema/own-schemas.ts';
import { readSchemaObject } from '../vault/schema-object.ts';
import { readTables } from '../vault/table-content.ts';
import type { SnapshotRef, Vault } from '../vault/vault.ts';
import { checkReferences } from './check-references.ts';
import { checkSequences } from './check-sequences.ts';
import { type ContentComparison, compareContent } from './compare-content.ts';
import type { Finding } from './finding.ts';

export interface DatabaseVerification {
  home: string;
  revision: string | null;
  releases: string[];
  tables: number;
  findings: Finding[];
  /** Only when a snapshot was given to compare with. */
  comparison: ContentComparison | null;
}

/**
 * Verifies a database by SQL, in one read-only transaction: schema against the catalogue, sequences against the data,
 * references; and, given a snapshot, every row against it. Changes nothing and never asks a Letta server, some of whose
 * GETs delete rows (letta-server.md §0.5).
 */
export async function verifyDatabase(
  database: Database,
  options: { against?: { vault: Vault; ref: SnapshotRef }; reporter: Reporter; signal: AbortSignal },
): Promise<DatabaseVerification> {
  const { reporter, signal } = options;
  const session = await database.connect();
  const abort = () => session.abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    const home = await findHome(session);
    await session.query('begin isolation level repeatable read read only');
    await session.query('set local row_security = off');
    reporter.phase('schema');
    const model = await introspect(session, home);
    const revisions = await readRevisions(session, home);
    const findings: Finding[] = [];
    if ((await readMark(session))?.state === 'incomplete') findings.push(unfinished);
    findings.push(...schemaFindings(revisions, model));
    reporter.phase('sequences');
    findings.push(...(await checkSequences(session, home, model)));
    reporter.phase('references');
    findings.push(...(await checkReferences(session, home, model)));

    let comparison: ContentComparison | null = null;
    if (options.against) {
      const { vault, ref } = options.against;
      const manifest = await vault.readManifest(ref);
      const expected = { tables: await readTables(vault, manifest), model: (await readSchemaObject(vault, manifest)).model };
      reporter.phase('compare', { rows: manifest.totals.rows, bytes: manifest.totals.bytes });
      comparison = await compareContent({ sessions: [session], vault, expected, actual: { home, model }, reporter, signal });
    }
    await session.query('commit');
    const revision = revisions.length === 1 ? (revisions[0] ?? null) : null;
    return { home, revision, releases: revision === null ? [] : releasesAt(revision), tables: model.tables.length, findings, comparison };
  } finally {
    signal.removeEventListener('abort', abort);
    await session.close();
  }
}

const unfinished: Finding = {
  code: 'restore-unfinished',
  severity: 'error',
  where: 'database',
  message:
    'This is what an interrupted or failed restore left: rows, constraints or the proof are missing. Run that restore again (it replaces this database), or drop it.',
  repair: null,
};

/** States in which a server would not start, or not work; the others are known oddities. */
const errorStates: Partial<Record<SchemaStateCode, string>> = {
  'no revision': 'revision-count',
  'several revisions': 'revision-count',
  'unknown revision': 'revision-unknown',
  wedge: 'schema-wedge',
  'missing sequence': 'sequence-missing',
};

function* schemaFindings(revisions: readonly string[], model: DatabaseModel): Generator<Finding> {
  for (const { state, what, advice } of recogniseSchema(revisions, model)) {
    const code = errorStates[state];
    yield {
      code: code ?? `schema-${state.replaceAll(/[ _]/g, '-')}`,
      severity: code ? 'error' : 'warning',
      where: 'schema',
      message: `${what}. ${advice}`,
      repair: null,
    };
  }
  const aside = model.tables.filter(({ schema }) => schema === setAsideSchema);
  if (aside.length > 0) yield setAsideNote(aside);
  for (const drift of driftFromCatalogue(model, revisions)) {
    if (drift.kind === 'extra table' && drift.name.startsWith(`${setAsideSchema}.`)) continue;
    yield {
      code: 'drift',
      severity: drift.severity === 'drift' ? 'error' : 'note',
      where: drift.table === null ? drift.name : `${drift.table}: ${drift.name}`,
      message: describe(drift),
      repair: drift.repair ?? null,
    };
  }
}

/** Rows that an upgrade took out of the server's sight: nothing is wrong with them, and nothing should forget them. */
function setAsideNote(tables: DatabaseModel['tables']): Finding {
  const names = tables.map(({ name }) => name).filter((name) => !name.startsWith('reasons'));
  return {
    code: 'rows-set-aside',
    severity: 'note',
    where: setAsideSchema,
    message: `An upgrade set rows of ${names.join(', ')} aside here; ${setAsideSchema}.reasons says why. They are part of every backup.`,
    repair: null,
  };
}

function describe(drift: { kind: string; expected?: string | null; actual?: string | null }): string {
  if (drift.expected && drift.actual) return `${drift.kind}: expected ${drift.expected}, found ${drift.actual}`;
  if (drift.expected) return `${drift.kind}: expected ${drift.expected}`;
  return drift.actual ? `${drift.kind}: found ${drift.actual}` : drift.kind;
}
