import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import { findRelease, releases, releasesAt, revisionInfo, revisions, schemaAt } from '../../src/letta/catalogue.ts';
import type { ForeignKeyModel, IndexModel, TableModel, UniqueModel } from '../../src/schema/model.ts';

interface SchemaFile {
  revision: string;
  position: number;
  releases: string[];
  enums: Record<string, string[]>;
  sequences: Record<
    string,
    {
      type: string;
      start: number;
      increment: number;
      min: number;
      max: number | string;
      cache: number;
      cycle: boolean;
      ownedBy: string | null;
    }
  >;
  tables: Record<string, TableFile>;
}

interface TableFile {
  columns: { name: string; type: string; notNull: boolean; default: string | null; identity: null; generated: null }[];
  primaryKey: TableModel['primaryKey'];
  uniques: UniqueModel[];
  foreignKeys: Omit<ForeignKeyModel, 'refSchema' | 'validated'>[];
  checks: [];
  indexes: Omit<IndexModel, 'valid'>[];
}

/** Read from real databases, one after each release's last migration: what the replay must arrive at. */
const files = JSON.parse(
  zstdDecompressSync(readFileSync(new URL('../fixtures/catalogue/schemas.json.zst', import.meta.url))).toString(),
) as SchemaFile[];

describe('schemaAt', () => {
  it('is asked about the head of every release', () => {
    assert.equal(files.length, 62);
    assert.deepEqual(
      files.map(({ revision }) => revision),
      [...new Set(releases().map(({ head }) => head))],
    );
  });

  for (const file of files) {
    it(`equals what was read from a database at ${file.position} ${file.revision}`, () => {
      const model = schemaAt(file.revision);
      assert.deepEqual(Object.fromEntries(model.enums.map(({ name, labels }) => [name, labels])), file.enums);
      assert.deepEqual(
        model.sequences.map(({ schema: _, ...rest }) => rest),
        Object.entries(file.sequences).map(([name, { ownedBy, ...s }]) => ({
          name,
          ...s,
          start: String(s.start),
          increment: String(s.increment),
          min: String(s.min),
          max: String(s.max),
          cache: String(s.cache),
          ownedBy: ownedBy === null ? null : { schema: null, table: ownedBy.split('.')[0], column: ownedBy.split('.')[1] },
        })),
      );
      assert.deepEqual(
        model.tables.filter(({ name }) => name !== 'alembic_version'),
        Object.entries(file.tables).map(([name, table]) => asModel(name, table)),
      );
      assert.deepEqual(releasesAt(file.revision), file.releases);
    });
  }

  it('gives fresh data to every caller', () => {
    const first = schemaAt('1c28e167b74f');
    first.tables[0]?.columns.pop();
    first.enums[0]?.labels.pop();
    assert.notDeepEqual(schemaAt('1c28e167b74f'), first);
  });

  it('refuses a revision that it does not know', () => {
    assert.throws(() => schemaAt('feedfacefeed'), RangeError);
  });
});

describe('releases and revisions', () => {
  it('are one straight line', () => {
    assert.equal(releases().length, 128);
    assert.equal(revisions().length, 167);
    assert.deepEqual(revisionInfo('27de0f58e076'), {
      revision: '27de0f58e076',
      position: 153,
      previous: revisions()[151]?.revision,
      slug: revisions()[152]?.slug,
      firstRelease: '0.16.2',
    });
    assert.equal(revisionInfo('nonsense'), undefined);
    assert.deepEqual(releasesAt('1c28e167b74f'), ['0.16.7', '0.16.8']);
    assert.deepEqual(releasesAt('45402909a46b'), []);
  });

  it('are found as people write them', () => {
    for (const text of ['0.16.2', 'v0.16.2', ' letta/letta:0.16.2 ']) assert.equal(findRelease(text)?.head, '27de0f58e076');
    for (const text of ['0.16.3', 'latest', '', '0.16', '10.16.2']) assert.equal(findRelease(text), undefined);
  });
});

function asModel(name: string, table: TableFile): TableModel {
  return {
    schema: null,
    name,
    columns: table.columns.map((column) => ({ ...column, collation: null })),
    primaryKey: table.primaryKey,
    uniques: table.uniques,
    foreignKeys: table.foreignKeys.map((key) => ({ ...key, refSchema: null, validated: true })),
    checks: [],
    indexes: table.indexes.map((index) => ({
      ...index,
      definition: index.definition.slice(index.definition.indexOf(' USING ') + 1),
      valid: true,
    })),
  };
}
