import { revisionInfo } from '../letta/catalogue.ts';
import { servingRelease } from '../letta/serving-release.ts';
import type { Session } from '../postgres/database.ts';
import { introspect } from '../postgres/introspect.ts';
import { readRevisions } from '../postgres/revisions.ts';
import type { CheckContext } from './check.ts';

/** Looks at a database once for all checks. Within a read-only transaction of the caller's. */
export async function checkContext(
  session: Session,
  home: string,
  options: { encryptionKey: string | null; now: Date },
): Promise<CheckContext> {
  const model = await introspect(session, home);
  const revisions = await readRevisions(session, home);
  const revision = (revisions.length === 1 && revisionInfo(revisions[0] ?? '')) || null;
  return { session, home, model, revisions, revision, release: revision && servingRelease(revision), ...options };
}
