import { blocksOf } from './blocks.ts';
import { FieldScanner } from './field-scanner.ts';
import { headLimit, RowHeads } from './row-heads.ts';

/** A field to look at. */
export interface Watch {
  /** Of the field in each row. */
  index: number;
  /** The column's type as its shape names it: a JSON null counts as empty in `json` and `jsonb`, and nowhere else. */
  type?: string;
  /** Texts that count as empty too, such as `[]` or the column's default; at most 1,000 bytes each. */
  emptyTexts?: readonly string[];
  /** The same for other types, as bytes in binary format. */
  emptyValues?: readonly Buffer[];
}

export interface CountOptions {
  /** Index of a text field by whose value rows are counted apart, such as an agent's id. */
  groupBy?: number;
  /** Indexes of the fields whose values are given as examples; none = no examples. */
  key?: readonly number[];
}

/** What a watched field held. */
export interface Filled {
  /** Rows in which it is filled. */
  rows: number;
  /** Those rows by the text of `groupBy` (null = NULL). At most 100,000 groups: rows of any further one are in `rows` only. */
  groups: Map<string | null, number>;
  /** Values of the key fields, in the order of `key`, of the first 10 such rows; each at most 1 KiB of it. */
  examples: (Buffer | null)[][];
}

const exampleLimit = 10;
const groupLimit = 100_000;

/**
 * Counts, per watched field, the rows that hold something in it: for bare tuples in chunks of any size, in one pass
 * that holds no field longer than 1 KiB. The result has the order of `watch`.
 *
 * @param fields number of fields in each row
 * @throws LifeboatError rows-malformed
 */
export async function countFilled(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  fields: number,
  watch: readonly Watch[],
  { groupBy, key = [] }: CountOptions = {},
): Promise<{ rows: number; filled: Filled[] }> {
  const result = { rows: 0, filled: watch.map((): Filled => ({ rows: 0, groups: new Map(), examples: [] })) };
  const watched = watch.map((each) => ({ index: each.index, empty: emptyCheck(each) }));
  const scanner = new FieldScanner(fields);
  const heads = new RowHeads(fields, [...watch.map(({ index }) => index), ...key, ...(groupBy === undefined ? [] : [groupBy])]);

  const countRow = (lengthAt: (field: number) => number, valueAt: (field: number) => Buffer | null) => {
    result.rows++;
    for (const [position, { index, empty }] of watched.entries()) {
      const length = lengthAt(index);
      if (length === -1 || (length <= empty.longest && empty.has(valueAt(index)!))) continue;
      const filled = result.filled[position]!;
      filled.rows++;
      if (groupBy !== undefined) addToGroup(filled.groups, valueAt(groupBy)?.toString('utf8', 0, headLimit) ?? null);
      if (key.length > 0 && filled.examples.length < exampleLimit) {
        filled.examples.push(key.map((field) => copyOf(valueAt(field))));
      }
    }
  };
  const lengthHere = (field: number) => scanner.chunk.readInt32BE(scanner.offsets[field]!);
  const valueHere = (field: number) =>
    lengthHere(field) === -1 ? null : scanner.chunk.subarray(scanner.offsets[field]! + 4, scanner.offsets[field + 1]!);

  for await (const chunk of blocksOf(chunks)) {
    scanner.feed(chunk);
    for (let found = scanner.next(); found !== 'more'; found = scanner.next()) {
      if (found === 'row') countRow(lengthHere, valueHere);
      else if (found === 'part') heads.add(scanner);
      else if (found === 'end') countRow(heads.lengthAt, heads.valueAt);
    }
  }
  scanner.end();
  return result;
}

/** Which values, besides NULL, count as empty: none is longer than `longest`. */
function emptyCheck({ type, emptyTexts = [], emptyValues = [] }: Watch): { longest: number; has(value: Buffer): boolean } {
  const json = type === 'json' || type === 'jsonb';
  const texts = new Set(json ? ['null', ...emptyTexts] : emptyTexts);
  // jsonb is sent as a version byte and its text; json is the text that someone wrote, spaces and all (a few are looked at).
  const around = json ? 16 : 0;
  const textOf = (value: Buffer) => (json ? value.toString('utf8', type === 'jsonb' ? 1 : 0).trim() : value.toString('utf8'));
  const lengths = [...[...texts].map((text) => Buffer.byteLength(text) + around), ...emptyValues.map((value) => value.length)];
  return {
    longest: Math.min(Math.max(-1, ...lengths), headLimit),
    has: (value) => (texts.size > 0 && texts.has(textOf(value))) || emptyValues.some((each) => each.equals(value)),
  };
}

function addToGroup(groups: Map<string | null, number>, value: string | null): void {
  const rows = groups.get(value);
  if (rows !== undefined || groups.size < groupLimit) groups.set(value, (rows ?? 0) + 1);
}

/** Not a view of a chunk, which would be held as a whole. */
function copyOf(value: Buffer | null): Buffer | null {
  return value === null ? null : Buffer.from(value.subarray(0, headLimit));
}
