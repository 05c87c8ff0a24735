/**
 * Builds src/letta/catalogue/*.json, and the schemas that tests compare a replay with, from a source catalogue
 * (a directory with releases.json, revisions.json, revisions-diff.json and schemas/):
 *
 *     node scripts/build-catalogue.ts DIRECTORY
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, zstdCompressSync } from 'node:zlib';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const source = process.argv[2];
if (source === undefined) throw new Error('usage: node scripts/build-catalogue.ts DIRECTORY');
const target = new URL('../src/letta/catalogue/', import.meta.url);

/** 64-bit integers (a sequence's max) become strings before JSON.parse can round them. */
function readJson(path: string): Json {
  return JSON.parse(readFileSync(path, 'utf8').replaceAll(/:\s*(\d{10,})(?=[,\s}])/g, ': "$1"')) as Json;
}

const usual: Record<string, Json> = {
  match: 'SIMPLE',
  onDelete: 'NO ACTION',
  onUpdate: 'NO ACTION',
  method: 'btree',
  cache: 1,
  increment: 1,
  min: 1,
  start: 1,
};

/** Leaves out what is empty or usual; keeps everything below a change's `after`, where null and false say something. */
function compact(value: Json, whole: boolean): Json {
  if (Array.isArray(value)) return value.map((item) => compact(item, whole));
  if (value === null || typeof value !== 'object') return value;
  const kept: Record<string, Json> = {};
  for (const [key, item] of Object.entries(value)) {
    if (key === 'before') continue;
    const empty = item === null || item === false || (Array.isArray(item) && item.length === 0);
    if (!whole && (empty || usual[key] === item)) continue;
    kept[key] =
      key === 'definition' && typeof item === 'string' ? item.slice(item.indexOf(' USING ') + 1) : compact(item, whole || key === 'after');
  }
  return kept;
}

/** One entry a line, so that a new revision is a readable diff. */
function write(name: string, entries: Json[]): void {
  writeFileSync(new URL(name, target), `[\n${entries.map((entry) => JSON.stringify(entry)).join(',\n')}\n]\n`);
}

const list = (name: string): Record<string, Json>[] => readJson(join(source, name)) as Record<string, Json>[];
write('releases.json', list('releases.json'));
write(
  'revisions.json',
  list('revisions.json').map((r) => ({ revision: r.revision, slug: r.slug, firstRelease: r.first_release }) as Json),
);
write(
  'changes.json',
  list('revisions-diff.json').map((r) => compact(r.changes as Json, false)),
);

const schemas = readdirSync(join(source, 'schemas'))
  .sort()
  .map((name) => readJson(join(source, 'schemas', name)));
const level = { [constants.ZSTD_c_compressionLevel]: 19 };
writeFileSync(
  new URL('../tests/fixtures/catalogue/schemas.json.zst', import.meta.url),
  zstdCompressSync(JSON.stringify(schemas), { params: level }),
);
