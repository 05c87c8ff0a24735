import { readFileSync } from 'node:fs';
import type { DatabaseModel, TableModel } from '../schema/model.ts';
import { byName, bySchemaAndName } from '../schema/order.ts';
import type { RevisionChanges } from './schema-changes.ts';
import { emptySchema, replay, type SchemaState } from './schema-replay.ts';

export interface Release {
  /** `0.16.8` */
  version: string;
  /** UTC date of the tagged commit, YYYY-MM-DD. */
  released: string;
  /** Alembic revision that this release's chain ends with. */
  head: string;
}

export interface Revision {
  revision: string;
  /** 1 … 167: Letta's chain is one straight line without branches (letta-server.md §0 fact 1). */
  position: number;
  /** null for the first. */
  previous: string | null;
  slug: string;
  firstRelease: string;
}

/** Letta's releases since 0.6.0, oldest first. There is no 0.6.38 and no 0.16.3. */
export const releases = lazily((): readonly Release[] => read<Release[]>('releases.json'));

/** Letta's Alembic revisions on PostgreSQL in the order of the chain. */
export const revisions = lazily((): readonly Revision[] =>
  read<Omit<Revision, 'position' | 'previous'>[]>('revisions.json').map((fact, at, all) => ({
    ...fact,
    position: at + 1,
    previous: all[at - 1]?.revision ?? null,
  })),
);

const changes = lazily(() => read<RevisionChanges[]>('changes.json'));

/** The release that a person means by `0.16.8`, `v0.16.8` or `letta/letta:0.16.8`; undefined if the catalogue has none. */
export function findRelease(text: string): Release | undefined {
  const version = /(?:^|:)v?(\d+\.\d+\.\d+)$/.exec(text.trim())?.[1];
  return releases().find((release) => release.version === version);
}

/** The releases whose chain ends at a revision, oldest first; empty for a revision between two heads or an unknown one. */
export function releasesAt(revision: string): string[] {
  return releases()
    .filter(({ head }) => head === revision)
    .map(({ version }) => version);
}

/** What the catalogue knows of a revision; undefined for one that it does not know. */
export function revisionInfo(revision: string): Revision | undefined {
  return revisions().find((each) => each.revision === revision);
}

/**
 * The schema that Letta's migrations leave at a revision (any of the 167, not only heads), `alembic_version` included.
 * The catalogue says nothing of the vector extension's version (it is '' here) nor of its schema. A copy of one's own.
 * @throws RangeError for an unknown revision: ask `revisionInfo` first.
 */
export function schemaAt(revision: string): DatabaseModel {
  return structuredClone(modelAt(revision));
}

const models = new Map<string, DatabaseModel>();

/** The same, shared: for whoever asks for many and changes none. */
export function modelAt(revision: string): DatabaseModel {
  const known = models.get(revision);
  if (known !== undefined) return known;
  const info = revisionInfo(revision);
  if (info === undefined) throw new RangeError(`no revision ${revision} in the catalogue`);
  const { enums, sequences, tables } = stateAt(info.position);
  const model: DatabaseModel = {
    schemas: [],
    extensions: [{ name: 'vector', version: '', schema: null }],
    enums: [...enums.values()].sort(byName),
    sequences: [...sequences.values()].sort(byName),
    tables: [...tables.values(), alembicVersion()].sort(bySchemaAndName),
    others: [],
  };
  models.set(revision, model);
  return model;
}

const states: SchemaState[] = [emptySchema];

/** The schema after so many revisions. What stays the same from one to the next is there once. */
function stateAt(position: number): SchemaState {
  for (let next = states.length; next <= position; next++) states.push(replay(states[next - 1]!, changes()[next - 1] ?? {}));
  return states[position]!;
}

/** Whether a table has a column at a revision. @throws RangeError for an unknown revision. */
export function schemaHas(revision: string, table: string, column: string): boolean {
  return modelAt(revision).tables.some(({ name, columns }) => name === table && columns.some((each) => each.name === column));
}

/** What a revision changes in the schema; shared, not to be changed. @throws RangeError for an unknown revision. */
export function changesAt(revision: string): RevisionChanges {
  const info = revisionInfo(revision);
  if (info === undefined) throw new RangeError(`no revision ${revision} in the catalogue`);
  return changes()[info.position - 1] ?? {};
}

/** Alembic's own table: one row, the revision. */
function alembicVersion(): TableModel {
  return {
    schema: null,
    name: 'alembic_version',
    columns: [
      {
        name: 'version_num',
        type: 'character varying(32)',
        notNull: true,
        default: null,
        identity: null,
        generated: null,
        collation: null,
      },
    ],
    primaryKey: { name: 'alembic_version_pkc', columns: ['version_num'] },
    uniques: [],
    foreignKeys: [],
    checks: [],
    indexes: [],
  };
}

/** The catalogue is 115 KB of JSON: read when first asked for, never at start-up. */
function lazily<T>(load: () => T): () => T {
  let loaded: { value: T } | undefined;
  return () => {
    loaded ??= { value: load() };
    return loaded.value;
  };
}

function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`./catalogue/${name}`, import.meta.url), 'utf8')) as T;
}
