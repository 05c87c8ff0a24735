import { LifeboatError } from '../report/errors.ts';
import type { Reporter } from '../report/progress.ts';
import { shapeHash } from '../rows/shape.ts';
import { objectKey } from '../schema/model.ts';
import { contentIdOf } from '../vault/content-id.ts';
import type { Manifest, SegmentEntry, TableEntry } from '../vault/manifest.ts';
import { readSchemaObject } from '../vault/schema-object.ts';
import { parsePage } from '../vault/snapshot-objects.ts';
import { forgetBundle, readJson, readSegment, readTables } from '../vault/table-content.ts';
import type { SnapshotRef, Vault } from '../vault/vault.ts';

/** Something in a vault that is not what its snapshot says. */
export interface SnapshotFinding {
  code: string;
  /** Table, or the part of the snapshot. */
  where: string;
  /** Object's name, where one is to blame. */
  object: string | null;
  message: string;
}

export interface SnapshotVerification {
  manifest: Manifest;
  intact: boolean;
  objects: number;
  rows: number;
  bytes: number;
  findings: SnapshotFinding[];
}

/**
 * Reads every byte of a snapshot back: each object decrypts, decompresses and has its keyed name; counts agree on every
 * level; the content id is computed anew. One damaged object does not hide the next: all findings are collected.
 */
export async function verifySnapshot(
  vault: Vault,
  ref: SnapshotRef,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<SnapshotVerification> {
  forgetBundle(vault);
  const manifest = await vault.readManifest(ref);
  const result: SnapshotVerification = { manifest, intact: true, objects: 0, rows: 0, bytes: 0, findings: [] };
  const attempt = async <T>(where: string, object: string | null, read: () => Promise<T>): Promise<T | null> => {
    signal.throwIfAborted();
    try {
      const value = await read();
      result.objects++;
      return value;
    } catch (error) {
      if (!(error instanceof LifeboatError)) throw error;
      result.findings.push({ code: error.code, where, object, message: error.message });
      return null;
    }
  };

  reporter.phase('verify', { rows: manifest.totals.rows, bytes: manifest.totals.bytes });
  const schema = await attempt('schema', manifest.schema, () => readSchemaObject(vault, manifest));
  await attempt('census', manifest.census, () => readJson(vault, 'census', manifest.census));
  const tables = (await attempt('list of tables', manifest.tables, () => readTables(vault, manifest))) ?? [];
  const summary = [];
  for (const table of tables) {
    const where = `table ${objectKey(table)}`;
    const hash = shapeHash({ encoding: 1, columns: table.shape });
    const segments = await readSegmentLists(vault, table, attempt, (object, message) =>
      result.findings.push({ code: 'page-mismatch', where, object, message }),
    );
    let [rows, bytes] = [0, 0];
    const reads = inTurn(segments, (segment) => {
      const object = table.content.kind === 'bundle' ? table.content.object : segment.name;
      return attempt(where, object, async () => {
        if (table.content.kind === 'bundle') return await nameAnew(readSegment(vault, table, segment, hash), vault, segment, hash);
        const { name, rows } = segment;
        return { name, bytes: await vault.checkObject(name, { kind: 'segment', shapeHash: hash, rows }) };
      });
    });
    for await (const { item: segment, result: read } of reads) {
      const object = table.content.kind === 'bundle' ? table.content.object : segment.name;
      if (!read) continue;
      rows += segment.rows;
      bytes += read.bytes;
      result.rows += segment.rows;
      result.bytes += read.bytes;
      reporter.progress({ rows: result.rows, bytes: result.bytes });
      if (read.bytes !== segment.bytes || read.name !== segment.name) {
        result.findings.push({
          code: 'segment-mismatch',
          where,
          object,
          message: `${read.bytes} bytes were read where ${segment.bytes} were written, or they are other bytes`,
        });
      }
    }
    if (rows !== table.rows || bytes !== table.bytes)
      result.findings.push({
        code: 'table-mismatch',
        where,
        object: null,
        message: `${rows} rows in ${bytes} bytes were read, ${table.rows} rows in ${table.bytes} bytes were written`,
      });
    summary.push({
      schema: table.schema,
      name: table.name,
      rows: table.rows,
      shapeHash: hash,
      segments: segments.map((segment) => segment.name),
    });
  }
  if (
    result.findings.length === 0 &&
    schema &&
    contentIdOf({ schema: schema.model, tables: summary, sequences: manifest.sequences }) !== manifest.contentId
  ) {
    result.findings.push({
      code: 'content-id-mismatch',
      where: 'manifest',
      object: null,
      message: 'the content id computed from what was read is not the one in the manifest',
    });
  }
  result.intact = result.findings.length === 0;
  return result;
}

/** Works through items in order, and begins the next one while one is under way. */
async function* inTurn<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<{ item: Item; result: Result }> {
  const begin = (item: Item) => {
    const done = work(item);
    // Its failure is met when its turn has come.
    done.catch(() => {});
    return done;
  };
  let next = items[0] === undefined ? null : begin(items[0]);
  for (const [index, item] of items.entries()) {
    const current = next as Promise<Result>;
    const following = items[index + 1];
    next = following === undefined ? null : begin(following);
    yield { item, result: await current };
  }
}

type Attempt = <T>(where: string, object: string | null, read: () => Promise<T>) => Promise<T | null>;

/** A table's segments. Each index page is read by itself, so that one that is damaged is named and hides no other. */
async function readSegmentLists(
  vault: Vault,
  table: TableEntry,
  attempt: Attempt,
  mismatch: (object: string, message: string) => void,
): Promise<SegmentEntry[]> {
  if (table.content.kind === 'bundle') return [table.content.segment];
  if (table.content.kind === 'empty') return [];
  const segments: SegmentEntry[] = [];
  for (const { object, segments: listed, rows } of table.content.pages) {
    const page = await attempt(`table ${objectKey(table)}`, object, async () => parsePage(await readJson(vault, 'index', object)));
    if (!page) continue;
    const found = page.reduce((sum, segment) => sum + segment.rows, 0);
    if (page.length !== listed || found !== rows)
      mismatch(object, `the index page lists ${page.length} segments with ${found} rows, and should list ${listed} with ${rows}`);
    segments.push(...page);
  }
  return segments;
}

/**
 * Reads a segment and names it anew. The number of rows is part of the keyed name, so a name that agrees says that the
 * rows are those that were written; they need not be cut open for it.
 */
async function nameAnew(chunks: AsyncIterable<Buffer>, vault: Vault, segment: { rows: number }, hash: Buffer) {
  const namer = vault.namer('segment', hash);
  let bytes = 0;
  for await (const chunk of chunks) {
    namer.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, name: namer.name(segment.rows, bytes) };
}
