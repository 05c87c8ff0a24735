import { qualified } from '../schema/model.ts';
import type { Session } from './database.ts';

/** The rows of alembic_version, sorted: one in a healthy database, none or several in a damaged one. */
export async function readRevisions(session: Session, home: string): Promise<string[]> {
  const rows = await session.query(`select version_num from ${qualified(home, null, 'alembic_version')} order by version_num collate "C"`);
  return rows.map((row) => row.version_num ?? '');
}
