import { LifeboatError } from '../report/errors.ts';
import { canonicalJson, type Json } from './canonical-json.ts';
import type { Manifest, SegmentEntry, TableEntry } from './manifest.ts';
import { parsePage, parseTables } from './snapshot-objects.ts';
import type { PlainContent, Vault } from './vault.ts';

const noShape = Buffer.alloc(32);

/** Wraps a JSON value as an object of the vault. */
export function jsonContent(kind: PlainContent['kind'], value: unknown): PlainContent {
  return bytesContent(kind, [Buffer.from(canonicalJson(value as Json))]);
}

/** Wraps bytes that are no segment (bundles, attachments) as an object of the vault. */
export function bytesContent(kind: PlainContent['kind'], chunks: Buffer[]): PlainContent {
  return { kind, shapeHash: noShape, rows: 0, size: chunks.reduce((sum, chunk) => sum + chunk.length, 0), open: () => chunks };
}

/** Largest object that is read into memory whole: a list of tables, an index page, a bundle. */
const wholeLimit = 256 * 1024 * 1024;

/** Reads a JSON object. @throws LifeboatError object-missing | object-damaged | snapshot-damaged */
export async function readJson(vault: Vault, kind: PlainContent['kind'], name: string): Promise<unknown> {
  const bytes = await readWhole(vault, kind, name);
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new LifeboatError('snapshot-damaged', { reason: `object ${name} is not JSON` }, { cause: error });
  }
}

async function readWhole(vault: Vault, kind: PlainContent['kind'], name: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of vault.getObject(name, { kind, shapeHash: noShape, rows: 0 })) {
    size += chunk.length;
    if (size > wholeLimit) throw new LifeboatError('snapshot-damaged', { reason: `object ${name} is larger than ${wholeLimit} bytes` });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The tables of a snapshot, validated. */
export async function readTables(vault: Vault, manifest: Manifest): Promise<TableEntry[]> {
  return parseTables(await readJson(vault, 'tables', manifest.tables));
}

/** A table's segments in order, wherever they are listed. */
export async function* segmentsOf(vault: Vault, table: TableEntry): AsyncGenerator<SegmentEntry> {
  if (table.content.kind === 'bundle') yield table.content.segment;
  if (table.content.kind !== 'pages') return;
  for (const page of table.content.pages) yield* parsePage(await readJson(vault, 'index', page.object));
}

/** Plain tuple bytes of one segment of a table. @throws LifeboatError object-missing | object-damaged */
export async function* readSegment(vault: Vault, table: TableEntry, segment: SegmentEntry, shapeHash: Buffer): AsyncGenerator<Buffer> {
  if (table.content.kind === 'bundle') {
    yield* bundlePart(vault, table.content.object, table.content.offset, segment.bytes);
    return;
  }
  yield* vault.getObject(segment.name, { kind: 'segment', shapeHash, rows: segment.rows });
}

/**
 * All rows of a table as tuples. A chunk is the consumer's only until it asks for the next one.
 * @throws LifeboatError object-missing | object-damaged
 */
export async function* storedTuples(vault: Vault, table: TableEntry, shapeHash: Buffer): AsyncGenerator<Buffer> {
  for await (const segment of segmentsOf(vault, table)) {
    if (table.content.kind === 'bundle') yield* readSegment(vault, table, segment, shapeHash);
    else yield* vault.lendObject(segment.name, { kind: 'segment', shapeHash, rows: segment.rows });
  }
}

/** Bundles are a few MiB and hold dozens of tables: the last one read is kept, or each table would read it again. */
const lastBundle = new WeakMap<Vault, { object: string; bytes: Buffer }>();

/** Makes the next reading of a bundle come from the store again, for whoever wants to know what is there now. */
export function forgetBundle(vault: Vault): void {
  lastBundle.delete(vault);
}

async function* bundlePart(vault: Vault, object: string, offset: number, length: number): AsyncGenerator<Buffer> {
  let held = lastBundle.get(vault);
  if (held?.object !== object) {
    held = { object, bytes: await readWhole(vault, 'bundle', object) };
    lastBundle.set(vault, held);
  }
  if (offset + length > held.bytes.length)
    throw new LifeboatError('snapshot-damaged', { reason: `a table's part ends beyond its bundle ${object}` });
  yield held.bytes.subarray(offset, offset + length);
}
