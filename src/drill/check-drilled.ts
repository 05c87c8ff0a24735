import { findHome } from '../postgres/home.ts';
import { allChecks } from '../verify/all-checks.ts';
import { checkContext } from '../verify/check-context.ts';
import { runChecks } from '../verify/run-checks.ts';
import { queryTimes } from '../verify/test-queries.ts';
import type { Proof } from './proof.ts';
import type { Rehearsal } from './rehearse.ts';

/** All checks on the restored database, and the queries of a server, timed. Ages are those at the time of the snapshot: what was fresh then is not stale now. */
export async function checkDrilled(
  { throwaway, manifest, keys, reporter, signal }: Pick<Rehearsal, 'throwaway' | 'manifest' | 'keys' | 'reporter' | 'signal'>,
  proof: Proof,
): Promise<void> {
  const session = await throwaway.database.connect();
  const abort = () => session.abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    await session.query('begin isolation level repeatable read read only');
    const home = await findHome(session);
    const encryptionKey = keys.rekeyTo ?? keys.encryptionKey;
    const context = await checkContext(session, home, { encryptionKey, now: new Date(manifest.time) });
    const { findings, runs } = await runChecks(context, allChecks, { reporter, signal });
    const queries = await queryTimes(context);
    await session.query('commit');
    proof.checks = runs;
    proof.queries = queries;
    proof.findings = findings.map(({ code, severity, where, message, ids, count, why, repair }) => ({
      code,
      severity,
      where,
      message,
      ids: [...ids],
      count,
      why,
      repair,
    }));
  } finally {
    signal.removeEventListener('abort', abort);
    await session.close();
  }
}
