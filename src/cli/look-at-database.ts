import type { Database } from '../postgres/database.ts';
import { findHome } from '../postgres/home.ts';
import { readIdentity } from '../postgres/identity.ts';
import { readRevisions } from '../postgres/revisions.ts';
import type { Source } from '../vault/snapshot-source.ts';

export interface DatabaseGlance {
  source: Source;
  postgres: string;
  home: string;
  revisions: string[];
}

/** Which database it is and at what revision, read without changing anything. @throws LifeboatError no-letta … */
export async function lookAtDatabase(database: Database): Promise<DatabaseGlance> {
  const session = await database.connect();
  try {
    const home = await findHome(session);
    const identity = await readIdentity(session, home);
    return { source: identity, postgres: identity.postgres, home, revisions: await readRevisions(session, home) };
  } finally {
    await session.close();
  }
}
