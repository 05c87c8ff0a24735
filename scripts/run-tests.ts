/**
 * `npm test [-- FILE…]`: typecheck, lint with the import rules, then the tests on real servers, which are started
 * once and stopped whatever happens. `--only-tests` leaves the first two out. With CI set, the shorter tests that run
 * real Letta servers are part of it; `npm run test:letta` runs all of those.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { setUpInstallations } from '../tests/support/postgres-installations.ts';
import { type RunningServer, startServer, stopServer, stopServerNow, sweepOrphans } from '../tests/support/postgres-process.ts';
import { serversVariable } from '../tests/support/shared-servers.ts';
import { setUpPrograms } from '../tests/support/test-programs.ts';

const say = (line: string) => console.log(line);
const words = process.argv.slice(2);
const onlyTests = words.includes('--only-tests');
const lettaServers = words.includes('--letta-servers');
const files = words.filter((word) => !word.startsWith('--'));

let child: ChildProcess | undefined;
let interrupted: NodeJS.Signals | undefined;
const servers: RunningServer[] = [];

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (interrupted) process.exit(130);
    interrupted = signal;
    child?.kill(signal);
  });
}
process.on('exit', () => servers.forEach(stopServerNow));

function run(program: string, args: string[], env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  if (interrupted) return Promise.resolve(false);
  return new Promise((resolve, reject) => {
    child = spawn(program, args, { stdio: 'inherit', env });
    child.once('error', reject).once('close', (code) => resolve(code === 0));
  });
}

async function startServers(): Promise<void> {
  await setUpPrograms(say);
  const { installations, missing } = await setUpInstallations(say);
  await sweepOrphans();
  await Promise.all(installations.map(async (installation) => servers.push(await startServer(installation))));
  servers.sort((a, b) => a.label.localeCompare(b.label));
  for (const { version, pgvector } of servers) say(`PostgreSQL ${version} with pgvector ${pgvector}: running`);
  for (const { label, reason } of missing) say(`PostgreSQL ${label}: not run (${reason})`);
}

/** Real servers and models tried at length: minutes each. `npm run test:letta` runs them, CI does not. */
const longLettaTests = [
  'accepted-values',
  'adapted-values',
  'bench-upgrade',
  'between-releases',
  'drill-server',
  'fixtures',
  'switch',
  'upgrade-passes',
  'upgraded',
].map((name) => `tests/letta-servers/${name}.test.ts`);

function testFiles(): string[] {
  if (files.length > 0) return files;
  const letta = (file: string) => file.startsWith('tests/letta-servers/');
  const all = globSync('tests/**/*.test.ts').sort();
  if (lettaServers) return all.filter(letta);
  if (process.env.CI) {
    say(`${longLettaTests.length} long files of tests with real Letta servers: not run (\`npm run test:letta\` does)`);
    return all.filter((file) => !longLettaTests.includes(file));
  }
  if (all.some(letta)) say('real Letta servers: not run (`npm run test:letta` does)');
  return all.filter((file) => !letta(file));
}

const failed: string[] = [];
if (!onlyTests) {
  say('typecheck …');
  if (!(await run('tsc', ['--noEmit']))) failed.push('typecheck');
  say('lint and import rules …');
  if (!(await run('biome', ['check', '--error-on-warnings', '.']))) failed.push('lint');
}

try {
  await startServers();
  const env = { ...process.env, [serversVariable]: JSON.stringify(servers) };
  if (!(await run('node', ['--test', '--test-concurrency=2', ...testFiles()], env))) failed.push('tests');
} finally {
  await Promise.all(servers.map(stopServer));
  servers.length = 0;
}

if (interrupted) process.exit(130);
if (failed.length > 0) {
  console.error(`\nfailed: ${failed.join(', ')}`);
  process.exit(1);
}
