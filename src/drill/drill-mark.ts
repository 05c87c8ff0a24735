import { lstat, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { type DrillOwner, drillOwnerSchema } from '../postgres/build-mark.ts';

/**
 * What says that a directory is a drill's, written before anything else is put into it: only by it, and by the death of
 * its process, the next drill knows that it may remove the directory and what it names.
 */
export interface DrillMark {
  lifeboat: 1;
  drill: DrillOwner;
  /** ISO 8601, UTC. */
  started: string;
  /** A database that the drill makes on a server, named before it is made: between CREATE and COMMENT it has no mark of its own. */
  database: { systemIdentifier: string; name: string; label: string } | null;
}

const markSchema = v.object({
  lifeboat: v.literal(1),
  drill: drillOwnerSchema,
  started: v.string(),
  database: v.nullable(v.object({ systemIdentifier: v.string(), name: v.string(), label: v.string() })),
}) satisfies v.GenericSchema<unknown, DrillMark>;

export const markFile = 'lifeboat-drill.json';
const draftFile = `${markFile}.new`;

/** The name of a drill's directory; the id in it is the one in the mark. */
export const directoryName = (id: string): string => `lifeboat-drill-${id}`;
export const directoryPattern = /^lifeboat-drill-([0-9a-f]{16})$/;

/** The name of a drill's database on a server. */
export const databaseName = (id: string): string => `lifeboat_drill_${id}`;
export const databasePattern = /^lifeboat_drill_([0-9a-f]{16})$/;

export async function writeMark(directory: string, mark: DrillMark): Promise<void> {
  await writeFile(join(directory, draftFile), JSON.stringify(mark), { mode: 0o600 });
  await rename(join(directory, draftFile), join(directory, markFile));
}

/** Null where there is none, or none that can be believed: another form, or a link. */
export async function readMarkFile(directory: string): Promise<DrillMark | null> {
  try {
    const file = join(directory, markFile);
    const found = await lstat(file);
    if (!found.isFile() || found.uid !== process.getuid?.() || found.size > 16_384) return null;
    const result = v.safeParse(markSchema, JSON.parse(await readFile(file, 'utf8')));
    return result.success ? result.output : null;
  } catch {
    return null;
  }
}

/** Whether nothing but a mark that was never finished lies in a directory. */
export function isUnbegun(entries: readonly string[]): boolean {
  return entries.every((entry) => entry === draftFile);
}
