import type { Session } from '../postgres/database.ts';
import { spread } from '../postgres/spread.ts';
import type { Reporter } from '../report/progress.ts';
import { shapeHash } from '../rows/shape.ts';
import { loadTable } from '../rows/write-table.ts';
import { objectKey, qualified } from '../schema/model.ts';
import type { TableEntry } from '../vault/manifest.ts';
import { storedTuples } from '../vault/table-content.ts';
import type { Vault } from '../vault/vault.ts';

/**
 * Loads the rows of all tables, several at a time, the largest first. Each table is emptied and filled in one
 * transaction of its own, which lets PostgreSQL freeze the rows and skip most of the log; the database as a whole is
 * disposable until it is proven.
 */
export async function loadTables(
  sessions: readonly Session[],
  vault: Vault,
  home: string,
  tables: readonly TableEntry[],
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> {
  const queue = tables.filter((table) => table.content.kind !== 'empty').toSorted((a, b) => b.bytes - a.bytes);
  const done = { rows: 0, bytes: 0 };
  await spread(sessions, queue, signal, async (session, table) => {
    await loadOne(session, vault, home, table, (bytes) => {
      done.bytes += bytes;
      reporter.progress({ ...done, what: objectKey(table) });
    });
    done.rows += table.rows;
  });
}

async function loadOne(session: Session, vault: Vault, home: string, table: TableEntry, onBytes: (bytes: number) => void): Promise<void> {
  const into = qualified(home, table.schema, table.name);
  const shape = { encoding: 1 as const, columns: table.shape };
  const hash = shapeHash(shape);
  async function* tuples() {
    for await (const chunk of storedTuples(vault, table, hash)) {
      onBytes(chunk.length);
      yield chunk;
    }
  }
  await session.query('begin');
  await session.query(`truncate ${into}`);
  await loadTable(session, { into, shape, freeze: true }, tuples());
  await session.query('commit');
}
