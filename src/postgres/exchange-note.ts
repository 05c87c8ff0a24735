import * as v from 'valibot';
import type { Exchange } from './place.ts';

const side = v.object({ note: v.nullable(v.string()), connectable: v.boolean() });
const exchangeSchema = v.object({
  id: v.string(),
  time: v.string(),
  name: v.string(),
  incoming: v.string(),
  outgoing: v.nullable(v.string()),
  before: v.object({ incoming: side, outgoing: v.nullable(side) }),
});
const noteSchema = v.object({ lifeboat: v.literal(1), state: v.literal('switching'), exchange: exchangeSchema });

/** What stands on both databases while their names are exchanged: enough for anybody to undo it. */
export function exchangeNote(exchange: Exchange): string {
  return JSON.stringify({ lifeboat: 1, state: 'switching', exchange });
}

/** Reads such a note; null for any other text. */
export function parseExchange(note: string | null): Exchange | null {
  if (!note?.startsWith('{"lifeboat":1,"state":"switching"')) return null;
  try {
    const result = v.safeParse(noteSchema, JSON.parse(note));
    return result.success ? result.output.exchange : null;
  } catch {
    return null;
  }
}
