import { closeSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import { LifeboatError } from '../report/errors.ts';
import type { Database } from './database.ts';
import { EmbeddedDatabase } from './embedded-database.ts';
import { ServerDatabase } from './server-database.ts';
import { isServerUrl, serverTarget, withoutPassword } from './server-target.ts';

export interface OpenOptions {
  /** Milliseconds for a connection to stand; default 15 s. */
  connectTimeout?: number;
  /** Milliseconds without a byte after which a COPY is given up; default 10 minutes. */
  idleDeadline?: number;
  /** Whether an embedded database may be made where there is none yet. */
  create?: boolean;
  environment?: Record<string, string | undefined>;
}

/**
 * The database that a target names: `postgresql://…`, `-` for the PG* variables, `pglite:DIRECTORY`. Nothing is
 * connected to yet. @throws LifeboatError bad-database-url | url-not-encoded | sqlite-source
 */
export function openDatabase(target: string, options: OpenOptions = {}): Database {
  const { connectTimeout = 15_000, idleDeadline = 600_000, create = false, environment = process.env } = options;
  if (target === '-' || isServerUrl(target)) {
    return new ServerDatabase(serverTarget(target === '-' ? null : target, environment), { connectTimeout, idleDeadline, environment });
  }
  if (target.startsWith('pglite:') && target.length > 'pglite:'.length) {
    const location = target.slice('pglite:'.length);
    return new EmbeddedDatabase(location.startsWith('memory://') ? location : resolve(location), create);
  }
  if (/^sqlite/i.test(target) || isSqliteFile(target)) throw new LifeboatError('sqlite-source', { target: withoutPassword(target) });
  throw new LifeboatError('bad-database-url', {
    target: withoutPassword(target),
    reason: 'It is neither a PostgreSQL URL nor an embedded database.',
  });
}

function isSqliteFile(path: string): boolean {
  const magic = Buffer.alloc(16);
  try {
    const file = openSync(path, 'r');
    try {
      readSync(file, magic);
    } finally {
      closeSync(file);
    }
  } catch {
    return /\.(?:sqlite3?|db)$/i.test(path); // not there, but clear enough
  }
  return magic.toString('latin1') === 'SQLite format 3\0';
}
