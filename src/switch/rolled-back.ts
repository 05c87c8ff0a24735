import * as v from 'valibot';
import type { Neighbour } from '../postgres/place.ts';
import { parseNote } from './marks.ts';

/** What `rollback` adds to the note of the database that it put aside; it stays what it was built as. */
export interface RolledBack {
  /** The name that it had until then. */
  name: string;
  /** When it was rolled back, ISO 8601. */
  time: string;
  /** When the switch was that was undone, ISO 8601. */
  since: string;
  revision: string | null;
}

const noteSchema = v.looseObject({
  lifeboat: v.literal(1),
  rolledBack: v.object({ name: v.string(), time: v.string(), since: v.string(), revision: v.nullable(v.string()) }),
});

/**
 * The note of a database that was rolled back: what it had before the switch (on a server the mark of its build, by which
 * it can be switched to again), and this. A note that is somebody else's text stays as it is.
 */
export function rolledBackNote(before: string | null, rolledBack: RolledBack): string | null {
  if (before === null) return JSON.stringify({ lifeboat: 1, rolledBack });
  const known = parseNote(before);
  return known === null ? before : JSON.stringify({ ...known, rolledBack });
}

/** Null for a database that no rollback put aside. */
export function parseRolledBack(note: string | null): RolledBack | null {
  const result = v.safeParse(noteSchema, parseNote(note));
  return result.success ? result.output.rolledBack : null;
}

/** Databases that a rollback took this name from. One that got the name back by hand is none. */
export function rolledBackOf(all: readonly Neighbour[], name: string): { aside: Neighbour; rolledBack: RolledBack }[] {
  return all.flatMap((aside) => {
    const rolledBack = parseRolledBack(aside.note);
    return rolledBack?.name === name && aside.name !== name ? [{ aside, rolledBack }] : [];
  });
}
