import { lstat, readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseMark } from '../postgres/build-mark.ts';
import type { Database } from '../postgres/database.ts';
import { LifeboatError } from '../report/errors.ts';
import { evidenceOfDeath, systemProcesses } from '../vault/process-identity.ts';
import { drillRoot, removeDirectory } from './drill-directory.ts';
import { type DrillMark, databasePattern, directoryPattern, isUnbegun, readMarkFile } from './drill-mark.ts';
import { dropDrillDatabase } from './drop-drill-database.ts';
import { systemIdentifierOf } from './same-server.ts';

/** Something that a drill left which was killed: removed, or why not. */
export interface Leftover {
  what: string;
  removed: boolean;
  /** How it was known to be a drill's, and its process to be gone; or why it stays. */
  evidence: string;
}

/** Between making a directory and marking it lie milliseconds; an unmarked empty one that is older was left. */
const unbegunAge = 10_000;

/**
 * Removes what drills of this host left that were killed. A thing is removed only if it bears a drill's mark, belongs to
 * this user, and the drill's process is known to be gone; names alone prove nothing.
 *
 * @param server a database of the server that is going to be drilled on: databases that drills left there go, too
 */
export async function sweep(server: Database | null): Promise<Leftover[]> {
  const system = server && (await systemIdentifierOf(server));
  const leftovers: Leftover[] = [];
  const root = drillRoot();
  for (const name of (await readdir(root)).filter((each) => directoryPattern.test(each)))
    leftovers.push(...(await sweepDirectory(join(root, name), server, system)));
  if (server) leftovers.push(...(await sweepDatabases(server)));
  return leftovers;
}

async function sweepDirectory(path: string, server: Database | null, system: string | null): Promise<Leftover[]> {
  const found = await lstat(path).catch(() => null);
  if (!found?.isDirectory() || found.uid !== process.getuid?.()) return [];
  const mark = await readMarkFile(path);
  if (mark === null) {
    const age = Date.now() - found.mtimeMs;
    if (age < unbegunAge || !isUnbegun(await readdir(path).catch(() => ['?']))) return [];
    await removeDirectory(path).catch(() => rmdir(path));
    return [{ what: path, removed: true, evidence: 'an empty directory under the name of a drill that did not come to mark it' }];
  }
  if (directoryPattern.exec(path.slice(path.lastIndexOf('/') + 1))?.[1] !== mark.drill.id) return [];
  const death = evidenceOfDeath(mark.drill.process, systemProcesses);
  if (death === null) return [];
  const evidence = `its mark names drill ${mark.drill.id} of ${mark.started}; ${death}`;
  const database = mark.database && (await sweepNamed(mark, mark.database, path, evidence, server, system));
  if (database && !database.removed) return [database];
  const ended = await removeDirectory(path);
  const running = ended.map(({ pid, program }) => ` and ${program} (process ${pid}) that ran in it`).join('');
  return [...(database ? [database] : []), { what: `${path}${running}`, removed: true, evidence }];
}

/** The database that a mark on this host names: it may bear none of its own yet. */
async function sweepNamed(
  { drill }: DrillMark,
  { systemIdentifier, name, label }: NonNullable<DrillMark['database']>,
  path: string,
  evidence: string,
  server: Database | null,
  system: string | null,
): Promise<Leftover | null> {
  if (server === null || system !== systemIdentifier)
    return {
      what: label,
      removed: false,
      evidence: `${evidence}. A drill with --on that server removes it if it is still there; rm -r ${path} lets go of it`,
    };
  return await drop(server.sibling(name), drill.id, evidence);
}

/** Databases that say themselves which drill they are of: also where the host has lost its temporary files since. */
async function sweepDatabases(server: Database): Promise<Leftover[]> {
  const session = await server.connect();
  let rows: Record<string, string | null>[];
  try {
    rows = await session.query(
      `select datname as name, shobj_description(oid, 'pg_database') as comment from pg_database where datname like 'lifeboat\\_drill\\_%' order by 1`,
    );
  } finally {
    await session.close();
  }
  const leftovers: Leftover[] = [];
  for (const { name, comment } of rows) {
    const drill = parseMark(comment ?? null)?.drill;
    if (!name || !drill || databasePattern.exec(name)?.[1] !== drill.id) continue;
    const death = evidenceOfDeath(drill.process, systemProcesses);
    if (death === null) continue;
    const leftover = await drop(server.sibling(name), drill.id, `its comment names drill ${drill.id}; ${death}`);
    if (leftover) leftovers.push(leftover);
  }
  return leftovers;
}

/** Null: there is no such database. What cannot be dropped stands in no drill's way. */
async function drop(database: Database, id: string, evidence: string): Promise<Leftover | null> {
  const stays = (why: string) => ({ what: database.label, removed: false, evidence: `${evidence}; but ${why}` });
  try {
    const outcome = await dropDrillDatabase(database, id, { force: false });
    if (outcome === 'absent') return null;
    if (outcome === 'busy') return stays('the server is still making it');
    if (outcome === 'in-use') return stays('somebody is connected to it, so its drill may live on another machine of that name and id');
    if (outcome === 'foreign') return stays('it bears another mark, or holds something without one');
    return { what: database.label, removed: true, evidence };
  } catch (error) {
    if (!(error instanceof LifeboatError)) throw error;
    return stays(error.message);
  } finally {
    await database.close();
  }
}
