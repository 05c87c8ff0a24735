import * as v from 'valibot';
import { LifeboatError } from '../report/errors.ts';
import type { SegmentEntry, TableEntry } from './manifest.ts';

const hexName = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const identifier = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(255),
  v.check((text) => !text.includes('\0')),
);
const keyText = v.pipe(v.string(), v.maxLength(64 * 1024));

const segmentEntry = v.strictObject({ name: hexName, rows: count, bytes: count, first: keyText, last: keyText });

const content = v.variant('kind', [
  v.strictObject({ kind: v.literal('bundle'), object: hexName, offset: count, segment: segmentEntry }),
  v.strictObject({ kind: v.literal('pages'), pages: v.array(v.strictObject({ object: hexName, segments: count, rows: count })) }),
  v.strictObject({ kind: v.literal('empty') }),
]);

const tableEntry = v.strictObject({
  schema: v.nullable(identifier),
  name: identifier,
  shape: v.pipe(
    v.array(v.strictObject({ name: identifier, type: v.pipe(v.string(), v.maxLength(1024)), as: v.picklist(['binary', 'text']) })),
    v.maxLength(1664),
  ),
  key: v.pipe(v.array(count), v.maxLength(1664)),
  rows: count,
  bytes: count,
  content,
});

/** Validates a `tables` object. @throws LifeboatError snapshot-damaged */
export function parseTables(value: unknown): TableEntry[] {
  const tables = parse(v.array(tableEntry), value, 'list of tables');
  for (const table of tables) {
    if (table.key.some((index) => index >= table.shape.length))
      throw new LifeboatError('snapshot-damaged', { reason: `the key of table ${table.name} names a column that is not there` });
  }
  return tables;
}

/** Validates an `index` object. @throws LifeboatError snapshot-damaged */
export function parsePage(value: unknown): SegmentEntry[] {
  return parse(v.array(segmentEntry), value, 'index page');
}

function parse<T>(schema: v.GenericSchema<unknown, T>, value: unknown, what: string): T {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const issue = result.issues[0];
  throw new LifeboatError('snapshot-damaged', {
    reason: `the ${what} is not as the format says (${v.getDotPath(issue) ?? 'root'}: ${issue.message})`,
  });
}
