import { createHash } from 'node:crypto';
import type { TargetRevision } from '../letta/find-revision.ts';
import { someOf } from '../postgres/contents.ts';
import type { DatabaseModel } from '../schema/model.ts';
import { setAsideSchema } from '../schema/own-schemas.ts';
import { sourceSchema } from '../upgrade/built.ts';
import type { Loss } from '../upgrade/loss.ts';
import type { Manifest } from '../vault/manifest.ts';
import { isSource, type Target } from './target.ts';

/** What the user asks for besides snapshot and target. */
export interface RestoreRequest {
  layout: { kind: 'same' } | { kind: 'public' } | { kind: 'schema'; name: string };
  /** Role that shall own the database and its objects; null = the role that restores. */
  owner: string | null;
  withObjects: boolean;
  /** Build at this release instead of the snapshot's own. */
  release?: TargetRevision | null;
  /** Exchange the key of Letta's secrets: the tables are built from the catalogue then, at the snapshot's own release if no other is asked for. */
  rekey?: boolean;
}

/** The way to another release, as far as it is known before anything is built. */
export interface ReleaseWay {
  from: { revision: string; release: string };
  to: { revision: string; release: string };
  /** Number of revisions that are crossed, and those that move data. */
  revisions: number;
  steps: string[];
  /** Counted in the snapshot: what the target has no place for. */
  losses: Loss[];
  /** What may come out as set aside, dropped or derived, once the rows are there to be asked. */
  possible: Pick<Loss, 'class' | 'table' | 'column' | 'reason'>[];
  notes: string[];
  /** Definitions on Letta's tables that somebody else made and that do not come along. */
  left: string[];
}

/** Why a restore cannot begin: a registered error's code and its facts. */
export interface Refusal {
  code:
    | 'target-is-source'
    | 'target-not-empty'
    | 'target-in-use'
    | 'postgres-too-old'
    | 'extension-missing'
    | 'extension-too-old'
    | 'rights-missing'
    | 'role-missing'
    | 'encoding-differs'
    | 'layout-collides'
    | 'schema-reserved';
  facts: Record<string, string | number>;
}

/** A restore as data: printable, and the same id as long as nothing changed. */
export interface RestorePlan {
  id: string;
  snapshot: {
    id: string;
    /** The database that it was taken of. */
    database: string;
    contentId: string;
    time: string;
    release: string;
    rows: number;
    bytes: number;
    tables: number;
    agents: number;
  };
  target: { database: string; server: string; home: string; create: boolean; replacesIncomplete: boolean; owner: string | null };
  /** null when the database is restored at the snapshot's own release. */
  way: ReleaseWay | null;
  steps: string[];
  refusals: Refusal[];
  /** What will not be as it was, known before the first step. */
  notes: { code: string; message: string; partial: boolean }[];
}

/** Letta needs NULLS NOT DISTINCT from 0.6.29 on, which is PostgreSQL 15 (letta-server.md §10). */
const oldestPostgres = 150000;
/** The plain vector type is all that Letta uses; its images begin with 0.5.1 (letta-server.md §4). */
const oldestVector = '0.5.0';

/** Makes the plan. Pure: everything that it needs was looked up before. */
export function planRestore(
  manifest: Manifest,
  model: DatabaseModel,
  target: Target,
  request: RestoreRequest,
  way: ReleaseWay | null = null,
): RestorePlan {
  const home = request.layout.kind === 'same' ? manifest.source.home : request.layout.kind === 'public' ? 'public' : request.layout.name;
  const replacesIncomplete = target.existing?.mark?.state === 'incomplete';
  const create = target.existing === null || (replacesIncomplete && target.existing.mark?.created === true);
  const plan = {
    snapshot: {
      id: manifest.id,
      database: manifest.source.database,
      contentId: manifest.contentId,
      time: manifest.time,
      release: releaseText(manifest),
      rows: manifest.totals.rows,
      bytes: manifest.totals.bytes,
      tables: manifest.totals.tables,
      agents: manifest.totals.agents,
    },
    target: { database: target.name, server: target.server.versionText, home, create, replacesIncomplete, owner: request.owner },
    way,
    steps: stepsOf(manifest, model, target, home, create, replacesIncomplete, way),
    refusals: [
      ...refusalsOf(manifest, model, target, request, home, create),
      ...(way === null ? [] : reservedSchemas(model, target, home)),
    ],
    notes: [
      ...notesOf(manifest, model, target, request),
      ...(way?.notes ?? []).map((message) => ({ code: 'release-note', message, partial: false })),
      ...(way?.left ?? []).map((message) => ({ code: 'definition-left-out', message, partial: true })),
    ],
  };
  // To another release, the losses are what is agreed to: a newer snapshot with the same ones has the same plan.
  const agreed = way === null ? plan : { ...plan, snapshot: null, steps: null };
  return { id: createHash('sha256').update(JSON.stringify(agreed)).digest('hex').slice(0, 12), ...plan };
}

export function releaseText(manifest: Manifest): string {
  const { releases, revision } = manifest.letta;
  const last = releases.at(-1);
  if (last === undefined) return revision === null ? 'no revision' : `unknown revision ${revision}`;
  return releases.length > 1 ? `${releases[0]} – ${last}` : last;
}

function stepsOf(
  manifest: Manifest,
  model: DatabaseModel,
  target: Target,
  home: string,
  create: boolean,
  replacesIncomplete: boolean,
  way: ReleaseWay | null,
): string[] {
  const { totals } = manifest;
  return [
    ...(replacesIncomplete ? [`remove what an interrupted restore left in ${target.name}`] : []),
    create
      ? `create database ${target.name} (${manifest.source.encoding}, ${manifest.source.collate})`
      : `use the empty database ${target.name}`,
    `create schema ${home} and extensions ${model.extensions.map((each) => each.name).join(', ') || 'none'}`,
    ...(way === null
      ? [`load ${totals.tables} tables, ${totals.rows} rows`]
      : [
          `create the tables of Letta ${way.to.release} as its catalogue has them`,
          `load ${totals.tables} tables, ${totals.rows} rows; ${way.revisions} revisions are crossed, ${way.steps.length} of them move data`,
          'make secrets readable, set aside what that server would refuse',
        ]),
    'create indexes and constraints, set sequences, settings, owner and grants',
    way === null
      ? 'prove: read everything back and compare it with the snapshot by content'
      : 'prove: read everything back; carried values are compared with the snapshot, computed ones by a second route',
  ];
}

function refusalsOf(
  manifest: Manifest,
  model: DatabaseModel,
  target: Target,
  request: RestoreRequest,
  home: string,
  create: boolean,
): Refusal[] {
  const refusals: Refusal[] = [];
  const refuse = (code: Refusal['code'], facts: Refusal['facts']) => refusals.push({ code, facts: { database: target.name, ...facts } });
  if (isSource(manifest, target)) refuse('target-is-source', {});
  else if (target.existing && !create) {
    const leftOver = target.existing.mark?.state === 'incomplete';
    if (target.existing.contents.length > 0 && !leftOver)
      refuse('target-not-empty', { contents: someOf(target.existing.contents), count: target.existing.contents.length });
    if (target.existing.encoding !== manifest.source.encoding)
      refuse('encoding-differs', { expected: manifest.source.encoding, actual: target.existing.encoding });
  }
  if (target.existing && target.existing.connections > 0) refuse('target-in-use', { connections: target.existing.connections });
  if (target.server.version < oldestPostgres) refuse('postgres-too-old', { actual: target.server.versionText, needed: '15' });
  if (create && !target.server.createDatabase)
    refuse('rights-missing', { role: target.server.role, right: 'CREATEDB', remedy: `ALTER ROLE "${target.server.role}" CREATEDB` });
  for (const extension of model.extensions) {
    const available = target.extensions.get(extension.name);
    if (!available) refuse('extension-missing', { extension: extension.name, needed: extension.version });
    else {
      if (extension.name === 'vector' && compareVersions(available.version, oldestVector) < 0)
        refuse('extension-too-old', { extension: extension.name, actual: available.version, needed: oldestVector });
      const there = !create && target.existing?.installed.includes(extension.name);
      if (!available.trusted && !target.server.superuser && !there)
        refuse('rights-missing', {
          role: target.server.role,
          right: `CREATE EXTENSION ${extension.name}`,
          remedy: `CREATE EXTENSION ${extension.name}, run by a superuser in ${create ? 'an empty database, to which you then restore' : target.name}`,
        });
    }
  }
  if (request.owner !== null && !target.roles.has(request.owner)) refuse('role-missing', { role: request.owner });
  if (model.schemas.includes(home)) refuse('layout-collides', { schema: home });
  return refusals;
}

/** Another release is built with schemas of Lifeboat's own: what lies in them already would meet with its work, and one is dropped at the end. */
function reservedSchemas(model: DatabaseModel, target: Target, home: string): Refusal[] {
  const reserved = [sourceSchema, ...(home === setAsideSchema ? [setAsideSchema] : [])];
  return reserved
    .filter((schema) => schema === home || model.schemas.includes(schema))
    .map((schema) => ({ code: 'schema-reserved', facts: { database: target.name, schema } }));
}

function notesOf(manifest: Manifest, model: DatabaseModel, target: Target, request: RestoreRequest): RestorePlan['notes'] {
  const notes: RestorePlan['notes'] = [];
  const sourceMajor = Number.parseInt(manifest.source.postgres, 10);
  const targetMajor = Math.trunc(target.server.version / 10_000);
  if (targetMajor < sourceMajor)
    notes.push({
      code: 'postgres-older',
      message: `the snapshot was taken on PostgreSQL ${sourceMajor}, the target is ${targetMajor}; the proof at the end decides`,
      partial: false,
    });
  for (const extension of model.extensions) {
    const available = target.extensions.get(extension.name);
    if (available && compareVersions(available.version, extension.version) < 0)
      notes.push({
        code: 'extension-older',
        message: `${extension.name} ${available.version} here, ${extension.version} in the snapshot; the proof at the end decides`,
        partial: false,
      });
  }
  if (manifest.source.localeProvider !== 'libc')
    notes.push({
      code: 'locale-provider',
      message: `the source's locale provider is ${manifest.source.localeProvider}; the new database gets the server's default`,
      partial: true,
    });
  for (const { kind, schema, name, definition } of model.others) {
    if (definition !== null && request.withObjects) continue;
    // Some have no definition that could be run: those are missing with --with-objects, too.
    const remedy = definition === null ? ': Lifeboat cannot re-create it' : '; --with-objects runs its stored definition';
    notes.push({
      code: 'object-left-out',
      message: `${kind} ${schema === null ? '' : `${schema}.`}${name} stays out${remedy}`,
      partial: true,
    });
  }
  return notes;
}

/** Compares dotted versions number by number: 0.10.0 is after 0.9.0. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] || 0) - (right[index] || 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}
