import * as v from 'valibot';
import { LifeboatError } from '../report/errors.ts';
import { quoteIdent, quoteLiteral } from '../schema/model.ts';
import type { Session } from './database.ts';

/**
 * The mark on a database that Lifeboat builds, kept as the database's COMMENT. A database is disposable while it says
 * `incomplete`; only `complete`, written after the proof, lets `switch` touch it.
 */
export interface RestoreMark {
  lifeboat: 1;
  state: 'incomplete' | 'complete';
  vault: string;
  snapshot: string;
  plan: string;
  /** Whether Lifeboat created the database (then an incomplete one may be dropped) or was given an empty one. */
  created: boolean;
  time: string;
  /** The database of a drill: to be removed at its end, or by the next drill if that one was killed. */
  drill?: DrillOwner | undefined;
}

/** Whose throwaway database it is: the drill's id (16 hex digits) and its process, as src/vault/process-identity.ts describes one. */
export interface DrillOwner {
  id: string;
  process: { host: string; machine: string; boot: string; pidNamespace: string; pid: number; start: string };
}

const short = v.pipe(v.string(), v.maxLength(255));

export const drillOwnerSchema = v.object({
  id: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
  process: v.object({
    host: short,
    machine: short,
    boot: short,
    pidNamespace: short,
    pid: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
    start: short,
  }),
});

const markSchema = v.object({
  lifeboat: v.literal(1),
  state: v.picklist(['incomplete', 'complete']),
  vault: v.string(),
  snapshot: v.string(),
  plan: v.string(),
  created: v.boolean(),
  time: v.string(),
  drill: v.optional(drillOwnerSchema),
});

/** Reads a database's comment; anything that is not our mark is somebody else's text: null. */
export function parseMark(comment: string | null): RestoreMark | null {
  if (!comment?.startsWith('{')) return null;
  try {
    const result = v.safeParse(markSchema, JSON.parse(comment));
    return result.success ? result.output : null;
  } catch {
    return null;
  }
}

export function markSql(database: string, mark: RestoreMark): string {
  return `comment on database ${quoteIdent(database)} is ${quoteLiteral(JSON.stringify(mark))}`;
}

/** The mark of the database that a session is in: null for one that Lifeboat did not build. */
export async function readMark(session: Session): Promise<RestoreMark | null> {
  const [row] = await session.query(
    `select shobj_description(oid, 'pg_database') as comment from pg_database where datname = current_database()`,
  );
  return parseMark(row?.comment ?? null);
}

/** What an interrupted restore left is neither backed up nor mended. @throws LifeboatError database-incomplete */
export async function refuseIncomplete(session: Session, label: string): Promise<void> {
  if ((await readMark(session))?.state === 'incomplete') throw new LifeboatError('database-incomplete', { database: label });
}
