/** `npm run bench -- [--size 1GB] [--rounds 3] [--seed 1] [--out DIRECTORY]`: Lifeboat and its rivals, in turn, on one database. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { loadFixture } from '../../tests/support/fixtures.ts';
import { privateServer } from '../../tests/support/postgres.ts';
import { temporaryDirectory } from '../../tests/support/test-cache.ts';
import { BuiltProgram } from './built-program.ts';
import { changedBackups } from './changed-backups.ts';
import { dumpClient } from './clients.ts';
import { prepareRivals, type Round, runRound } from './contestants.ts';
import { figuresOf } from './figures.ts';
import { fillLettaDatabase } from './generate/letta-database.ts';
import { describeMachine } from './machine.ts';
import { formatSize, readOptions } from './options.ts';
import { Scene } from './scene.ts';
import { serverSettings } from './server-settings.ts';
import { describe, writeResults } from './write-results.ts';

const options = readOptions(process.argv.slice(2));
const say = (line: string) => process.stderr.write(`${line}\n`);
const directory = await mkdtemp(join(temporaryDirectory(), 'lifeboat-bench-'));
await chmod(directory, 0o755);
const client = await dumpClient().catch((error: Error) => {
  say(`no pg_dump with zstd: ${error.message}`);
  return null;
});
await using server = await privateServer(15, { settings: serverSettings });
try {
  const scene = await Scene.set({ server, client, directory, program: await BuiltProgram.make(directory) });
  say(`making a database of ${formatSize(options.bytes)}, seed ${options.seed} …`);
  const { name: source } = await loadFixture(server, 'letta-0.16.8');
  const amounts = await fillLettaDatabase(server, source, options.bytes, options.seed);
  await prepareRivals(scene, source);
  const rounds: Round[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    say(`round ${round} of ${options.rounds}`);
    rounds.push(await runRound(scene, source, say));
  }
  say('changed databases');
  const afterwards = await changedBackups(scene, source, amounts, options.seed);
  const results = {
    machine: describeMachine({
      server: `PostgreSQL ${server.version} with pgvector ${server.pgvector}, its default settings`,
      pg_dump: client ? client.version : 'none with zstd',
    }),
    size: formatSize(options.bytes),
    seed: options.seed,
    facts: { ...amounts },
    rounds,
    figures: figuresOf(rounds, afterwards),
  };
  if (options.out !== null) await writeResults(options.out, 'benchmarks', results);
  console.log(describe(results));
} finally {
  await rm(directory, { recursive: true, force: true });
}
