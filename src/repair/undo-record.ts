import * as v from 'valibot';
import { LifeboatError } from '../report/errors.ts';
import type { RecordRef } from '../vault/vault.ts';
import type { AppliedChange } from './applied-change.ts';
import type { TargetIdentity } from './repair-target.ts';

/** What a repair or an undo replaced, kept in the vault: enough to take it back, and to know whether it happened at all. */
export interface UndoRecord {
  format: 1;
  /** 16 hex digits. */
  id: string;
  /** Just before COMMIT: ISO 8601, UTC. */
  time: string;
  tool: string;
  command: 'verify --repair' | 'undo';
  /** The record that was taken back by an `undo`. */
  undoes: string | null;
  plan: string;
  database: TargetIdentity;
  /** The transaction that made the changes: the server knows whether it was committed. */
  xid: string;
  /** What was mended, for people. */
  findings: { code: string; where: string; count: number }[];
  /** In the order in which they were made. */
  changes: AppliedChange[];
}

// A hostile record must not name what PostgreSQL cannot hold; everything is quoted or a parameter besides.
const text = v.pipe(
  v.string(),
  v.check((value) => !value.includes('\0'), 'a NUL byte'),
);
const name = v.pipe(text, v.minLength(1), v.maxBytes(63));
const short = v.pipe(text, v.maxLength(4096));
const decimal = v.pipe(v.string(), v.regex(/^-?[0-9]{1,19}$/));
const id = v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/));
const values = v.pipe(
  v.record(name, v.nullable(text)),
  v.check((columns) => Object.keys(columns).length > 0 && Object.keys(columns).length <= 1600, 'no or too many columns'),
);
const state = v.strictObject({ lastValue: decimal, isCalled: v.boolean() });

const change = v.variant('kind', [
  v.strictObject({ kind: v.literal('update'), table: name, key: values, was: values, set: values }),
  v.strictObject({ kind: v.literal('insert'), table: name, row: values }),
  v.strictObject({ kind: v.literal('delete'), table: name, row: values }),
  v.strictObject({ kind: v.literal('move sequence'), sequence: name, was: state, next: state }),
]);

const schema = v.object({
  format: v.literal(1),
  id,
  time: v.pipe(v.string(), v.isoTimestamp()),
  tool: short,
  command: v.picklist(['verify --repair', 'undo']),
  undoes: v.nullable(id),
  plan: v.pipe(v.string(), v.regex(/^[0-9a-f]{12}$/)),
  database: v.object({
    systemIdentifier: short,
    timeline: short,
    database: short,
    databaseOid: short,
    home: name,
    revisions: v.pipe(v.array(short), v.maxLength(100)),
  }),
  xid: v.pipe(v.string(), v.regex(/^[0-9]{1,20}$/)),
  findings: v.array(v.object({ code: short, where: short, count: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) })),
  changes: v.array(change),
}) satisfies v.GenericSchema<unknown, UndoRecord>;

/** @throws LifeboatError record-damaged, format-newer */
export function parseUndoRecord(value: unknown, ref: RecordRef): UndoRecord {
  const record = `undo/${ref.file}`;
  const head = v.safeParse(v.object({ format: v.pipe(v.number(), v.safeInteger(), v.minValue(1)) }), value);
  if (head.success && head.output.format > 1)
    throw new LifeboatError('format-newer', { what: record, reason: `format ${head.output.format}, known up to 1` });
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw new LifeboatError('record-damaged', { record, reason: `${v.getDotPath(result.issues[0]) ?? 'it'} is not as it should be` });
}
