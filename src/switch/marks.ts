import * as v from 'valibot';

/** What was in a database when it got its name, so that what is written to it afterwards can be told. */
export interface SwitchRecord {
  /** Full transaction id: whatever is written later has a higher one. */
  xid: string;
  revision: string | null;
  /** Key of the table → rows; for tables that a boot writes also the sum of the hashes of their ids. */
  tables: { [table: string]: { rows: number; ids?: string } };
}

/** On the database that got the name. */
export interface SwitchedMark {
  lifeboat: 1;
  state: 'switched';
  /** Of the exchange; the former's mark has the same. */
  id: string;
  time: string;
  name: string;
  /** The name that it had before. */
  built: string;
  vault: string;
  snapshot: string;
  /** The former one's name; null when nothing had the name. */
  former: string | null;
  record: SwitchRecord;
  /** The note that it had before, put back by `rollback`. */
  before: string | null;
}

/** On the database that had the name before. */
export interface FormerMark {
  lifeboat: 1;
  state: 'former';
  id: string;
  time: string;
  /** The name that it had. */
  name: string;
  revision: string | null;
  before: string | null;
}

const head = { lifeboat: v.literal(1), id: v.string(), time: v.string(), name: v.string(), before: v.nullable(v.string()) };
const switchedSchema = v.object({
  ...head,
  state: v.literal('switched'),
  built: v.string(),
  vault: v.string(),
  snapshot: v.string(),
  former: v.nullable(v.string()),
  record: v.object({
    xid: v.pipe(v.string(), v.regex(/^\d{1,20}$/)),
    revision: v.nullable(v.string()),
    tables: v.record(v.string(), v.object({ rows: v.number(), ids: v.exactOptional(v.pipe(v.string(), v.regex(/^-?\d+$/))) })),
  }),
});
const formerSchema = v.object({ ...head, state: v.literal('former'), revision: v.nullable(v.string()) });

/** A database's note as the mark that `switch` left; null for anything else. */
export function parseMarks(note: string | null): SwitchedMark | FormerMark | null {
  const result = v.safeParse(v.variant('state', [switchedSchema, formerSchema]), parseNote(note));
  return result.success ? result.output : null;
}

/** What a note of Lifeboat's says; null for somebody else's text. */
export function parseNote(note: string | null): object | null {
  if (!note?.startsWith('{"lifeboat":1')) return null;
  try {
    return JSON.parse(note) as object;
  } catch {
    return null;
  }
}

/** Members in an order that begins with what tells our notes from others' comments. */
export function markText({ lifeboat, state, ...rest }: SwitchedMark | FormerMark): string {
  return JSON.stringify({ lifeboat, state, ...rest });
}
