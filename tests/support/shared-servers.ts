import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withFileLock } from './file-lock.ts';
import { type Installation, type ServerLabel, setUpInstallations } from './postgres-installations.ts';
import { isRunning, type RunningServer, startServer, stopServer, sweepOrphans } from './postgres-process.ts';
import { sharedProgramsDirectory } from './test-cache.ts';

/**
 * Servers that several test processes use together. `npm test` starts its own and says where they are in this
 * variable; a test file that is run alone finds lingering ones (or starts them) through a state file.
 */
export const serversVariable = 'LIFEBOAT_TEST_SERVERS';

const stateDirectory = () => join(sharedProgramsDirectory(), 'running');
const stateFile = () => join(stateDirectory(), 'servers.json');

/** The servers that `npm test` gave to this process, if it did. */
export function givenServers(): RunningServer[] | undefined {
  const given = process.env[serversVariable];
  return given ? (JSON.parse(given) as RunningServer[]) : undefined;
}

export async function lingeringServers(): Promise<RunningServer[]> {
  const text = await readFile(stateFile(), 'utf8').catch(() => '[]');
  return (JSON.parse(text) as RunningServer[]).filter(isRunning);
}

/** Starts what is asked for and does not run yet. @throws when none of `labels` can be had here. */
export async function startLingeringServers(labels: ServerLabel[]): Promise<RunningServer[]> {
  const running = await lingeringServers();
  const wanted = (server: Installation) => labels.includes(server.label);
  if (labels.every((label) => running.some((server) => server.label === label))) return running.filter(wanted);
  const { installations, missing } = await setUpInstallations((line) => process.stderr.write(`${line}\n`));
  const possible = installations.filter(wanted);
  if (possible.length === 0) {
    const reasons = missing.filter(({ label }) => labels.includes(label)).map(({ label, reason }) => `PostgreSQL ${label}: ${reason}`);
    throw new Error(`no PostgreSQL server for this test. ${reasons.join('; ')}`);
  }
  await mkdir(stateDirectory(), { recursive: true });
  return withFileLock(join(stateDirectory(), '.lock'), async () => {
    await sweepOrphans();
    const now = await lingeringServers();
    const start = possible.filter(({ label }) => !now.some((server) => server.label === label));
    const all = now.concat(await Promise.all(start.map((installation) => startServer(installation, { lingers: true }))));
    await writeFile(stateFile(), JSON.stringify(all));
    return all.filter(wanted);
  });
}

export async function stopLingeringServers(): Promise<RunningServer[]> {
  const running = await lingeringServers();
  await Promise.all(running.map(stopServer));
  await rm(stateFile(), { force: true });
  return running;
}
