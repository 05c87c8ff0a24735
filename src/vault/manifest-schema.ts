import * as v from 'valibot';
import type { Manifest } from './manifest.ts';

// NUL and the other control characters have no place in a name or message, and terminals obey some of them.
const text = (longest: number) =>
  v.pipe(
    v.string(),
    v.maxLength(longest),
    v.check((value) => !/\p{Cc}/u.test(value), 'control characters'),
  );
const name = v.pipe(text(255), v.minLength(1));
const objectName = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const snapshotId = v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/));
const decimal = v.pipe(v.string(), v.regex(/^-?[0-9]{1,20}$/));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const time = v.pipe(v.string(), v.maxLength(40), v.isoTimestamp());
const list = <const T extends v.GenericSchema>(item: T, most: number) => v.pipe(v.array(item), v.maxLength(most));
const record = <const T extends v.GenericSchema>(item: T, most: number) =>
  v.pipe(
    v.record(v.string(), item),
    v.check((value) => Object.keys(value).length <= most && Object.keys(value).every((key) => v.is(name, key)), 'too many or bad names'),
  );
const feature = v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,64}$/));

const source = v.object({
  systemIdentifier: text(64),
  timeline: text(64),
  database: name,
  databaseOid: text(32),
  postgres: text(255),
  extensions: record(text(255), 256),
  home: name,
  layout: v.picklist(['public', 'schema']),
  publicExists: v.boolean(),
  settings: record(text(4096), 256),
  encoding: text(64),
  collate: text(255),
  ctype: text(255),
  localeProvider: text(64),
  owner: name,
  postmasterStart: text(64),
  xid8: text(64),
  lsn: text(64),
});

/** Just enough to tell a newer manifest before its other fields are judged. */
export const manifestHead = v.object({
  format: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  features: v.optional(v.object({ incompatible: list(feature, 64) })),
});

/** The manifest's form; every count and length is bounded. Members that a later compatible version adds are passed over. */
export const manifestSchema = v.object({
  format: v.literal(1),
  features: v.object({ incompatible: list(feature, 64), compatible: list(feature, 64) }),
  id: snapshotId,
  contentId: objectName,
  parent: v.nullable(snapshotId),
  sequence: v.pipe(count, v.minValue(1), v.maxValue(999_999_999_999)),
  tool: v.object({ name: v.literal('letta-lifeboat'), version: text(64) }),
  time,
  finished: time,
  source,
  letta: v.object({ revision: v.nullable(text(255)), releases: list(text(64), 100), drift: count }),
  totals: v.object({ tables: count, rows: count, bytes: count, segments: count, newBytes: count, agents: count }),
  tables: objectName,
  schema: objectName,
  census: objectName,
  sequences: list(v.object({ schema: v.nullable(name), name, lastValue: decimal, isCalled: v.boolean() }), 1000),
  secrets: record(v.object({ null: count, decrypts: count, undecryptable: count, plaintext: count, unchecked: count }), 256),
  tags: list(text(255), 100),
  warnings: list(v.object({ code: text(64), message: text(4096), partial: v.boolean() }), 100),
  timings: record(v.pipe(v.number(), v.finite(), v.minValue(0)), 100),
}) satisfies v.GenericSchema<unknown, Manifest>;
