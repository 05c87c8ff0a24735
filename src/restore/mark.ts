import * as v from 'valibot';
import { quoteIdent, quoteLiteral } from '../schema/model.ts';

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
}

const markSchema = v.object({
  lifeboat: v.literal(1),
  state: v.picklist(['incomplete', 'complete']),
  vault: v.string(),
  snapshot: v.string(),
  plan: v.string(),
  created: v.boolean(),
  time: v.string(),
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
