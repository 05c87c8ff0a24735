import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ServerTarget } from './server-target.ts';

/** The password for a target in ~/.pgpass (or PGPASSFILE); like libpq, a file that others may read does not count. */
export async function readPasswordFile(target: ServerTarget, environment: Record<string, string | undefined>): Promise<string | undefined> {
  const file = environment.PGPASSFILE ?? join(homedir(), '.pgpass');
  try {
    const { mode } = await stat(file);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) return undefined;
    const host = target.host.startsWith('/') ? [target.host, 'localhost'] : [target.host];
    for (const line of (await readFile(file, 'utf8')).split(/\r?\n/)) {
      if (line.startsWith('#')) continue;
      // A colon or backslash within a field is escaped by a backslash.
      const fields = [...line.matchAll(/((?:\\.|[^:\\])*)(?::|$)/g)].map((match) => (match[1] ?? '').replace(/\\(.)/g, '$1'));
      const wanted = [host, [String(target.port)], [target.database], [target.user]];
      if (fields.length > 4 && wanted.every((values, index) => fields[index] === '*' || values.includes(fields[index] ?? '')))
        return fields[4];
    }
  } catch {
    // No such file: the server will say that a password is missing.
  }
  return undefined;
}
