import { randomBytes } from 'node:crypto';
import { type Revision, releasesAt, revisionInfo } from '../../src/letta/catalogue.ts';
import { isSupportedWay, type TargetRevision } from '../../src/letta/find-revision.ts';
import type { Session } from '../../src/postgres/database.ts';
import { introspect } from '../../src/postgres/introspect.ts';
import { openDatabase } from '../../src/postgres/open-database.ts';
import { silentReporter } from '../../src/report/progress.ts';
import { type RestoreResult, restore } from '../../src/restore/restore.ts';
import { setAsideSchema } from '../../src/schema/own-schemas.ts';
import type { Loss } from '../../src/upgrade/loss.ts';
import type { SnapshotRef, Vault } from '../../src/vault/vault.ts';
import { backUp, never } from '../road/road.ts';
import { fixtureEncryptionKey } from '../support/fixtures.ts';
import type { TestServer } from '../support/postgres.ts';
import { type Side, unaccounted } from './accounting.ts';
import { type Content, readContent, readTable } from './content-by-key.ts';
import { heads } from './heads.ts';
import { type PopulateOptions, populate, schemaFor } from './populate.ts';

export interface Pair {
  from: Revision;
  to: Revision;
}

/** A populated database, and the snapshot of it. */
export interface Source extends Side {
  revision: Revision;
  ref: SnapshotRef;
}

export interface PairResult extends Pair {
  seconds: number;
  /** What is wrong; nothing in a good case. */
  problems: string[];
  losses: Loss[];
  /** Reasons of losses that the plan held possible. */
  possible: string[];
  /** Steps that the way took. */
  steps: string[];
}

const home = 'letta';

/** Every pair of release heads between which an upgrade is promised, by source. */
export function supportedPairs(): Map<string, Pair[]> {
  const all = heads().map((revision) => revisionInfo(revision)!);
  return new Map(
    all.map((from) => [from.revision, all.filter((to) => to !== from && isSupportedWay(from, to)).map((to) => ({ from, to }))]),
  );
}

/** Populates a database at a revision, backs it up, and drops it. */
export async function prepareSource(server: TestServer, vault: Vault, revision: string, options: PopulateOptions = {}): Promise<Source> {
  await using test = await server.createDatabase();
  const content = await withSession(test.url, async (session) => {
    await populate(session, home, revision, options);
    return readContent(session, home, schemaFor(revision, options));
  });
  const { ref } = await backUp(test.url, vault);
  return { revision: revisionInfo(revision)!, ref, model: schemaFor(revision, options), content };
}

/** Restores a source's snapshot at another release, and judges what came of it. */
export async function tryPair(server: TestServer, vault: Vault, source: Source, to: Revision): Promise<PairResult> {
  const pair: PairResult = { from: source.revision, to, seconds: 0, problems: [], losses: [], possible: [], steps: [] };
  const name = `m_${source.revision.position}_${to.position}_${randomBytes(3).toString('hex')}`;
  const begun = performance.now();
  try {
    const result = await restoreWithKey(server.url(name), vault, source.ref, {
      revision: to,
      release: releasesAt(to.revision).at(-1) ?? null,
    });
    pair.seconds = (performance.now() - begun) / 1000;
    pair.losses = result.losses;
    pair.possible = (result.plan.way?.possible ?? []).map(({ table, column, reason }) => lossName(table, column, reason));
    pair.steps = result.plan.way?.steps ?? [];
    pair.problems = problemsOf(result, to);
    const target = { model: schemaFor(to.revision), content: new Map() as Content };
    const aside: Content = new Map();
    await withSession(server.url(name), async (session) => {
      const rebuilt = await introspect(session, home);
      target.content = await readContent(session, home, target.model);
      for (const table of rebuilt.tables.filter(({ schema }) => schema === setAsideSchema)) {
        aside.set(table.name, await readTable(session, `${setAsideSchema}."${table.name}"`, table));
      }
    });
    pair.problems.push(...unaccounted(source, target, aside, result.losses));
  } catch (error) {
    const { message, cause } = error as Error;
    pair.problems.push(`failed: ${message}${cause instanceof Error ? ` (${cause.message})` : ''}`);
  } finally {
    await server.dropDatabase(name);
  }
  return pair;
}

/** As a person does who has the key of the secrets. */
async function restoreWithKey(url: string, vault: Vault, ref: SnapshotRef, release: TargetRevision): Promise<RestoreResult> {
  const target = openDatabase(url, { create: true });
  try {
    return await restore({
      vault,
      ref,
      target,
      request: { layout: { kind: 'same' }, owner: null, withObjects: false, release },
      reporter: silentReporter,
      signal: never,
      confirm: async () => true,
      keys: { encryptionKey: needsKey(release.revision) ? fixtureEncryptionKey : null, rekeyTo: null },
    });
  } finally {
    await target.close();
  }
}

/** Encrypting is slow on purpose (some seconds for all these secrets), so only the last release gets them sealed; without the columns they must be opened. */
function needsKey(to: Revision): boolean {
  return (
    to.revision === heads().at(-1) || !schemaFor(to.revision).tables.some(({ columns }) => columns.some(({ name }) => name === 'value_enc'))
  );
}

/** How the plan and the report name one kind of loss. */
export function lossName(table: string, column: string | null, reason: string): string {
  return `${table}${column === null ? '' : `.${column}`}: ${reason}`;
}

/**
 * From 0.6.5 to 0.6.8 an organization could have one agent of a name only. Others of that name come back all the same,
 * under their names: the key is left out and named, which is all that differs from the schema.
 */
function isExpected(message: string, to: Revision): boolean {
  return message.startsWith('unique_org_agent_name was left out, because rows') && to.position >= 18 && to.position < 24;
}

function problemsOf(result: RestoreResult, to: Revision): string[] {
  const { comparison, drift, wrong, agents, warnings } = result;
  return [
    ...(result.done ? [] : ['not done']),
    ...drift.map(({ kind, table, name }) => `drift: ${kind} ${table ?? ''}.${name}`),
    ...(comparison?.differences ?? []).map((difference) => `differs: ${JSON.stringify(difference).slice(0, 300)}`),
    ...wrong.map((each) => `wrong: ${JSON.stringify(each).slice(0, 300)}`),
    ...agents.filter(({ there }) => !there).map((agent) => `agent gone: ${JSON.stringify(agent).slice(0, 200)}`),
    ...warnings
      .filter(({ code, message }) => code.startsWith('constraint-') && !isExpected(message, to))
      .map(({ message }) => `constraint: ${message}`),
  ];
}

async function withSession<T>(url: string, work: (session: Session) => Promise<T>): Promise<T> {
  const database = openDatabase(url);
  const session = await database.connect();
  try {
    return await work(session);
  } finally {
    await session.close();
    await database.close();
  }
}
