/** `npm run bench -- [--size 1GB] [--rounds 3] [--seed 1] [--out DIRECTORY]`: Lifeboat and its rivals, in turn, on one database. */
import { loadFixture } from '../../tests/support/fixtures.ts';
import { changedBackups } from './changed-backups.ts';
import { prepareRivals, type Round, runRound } from './contestants.ts';
import { figuresOf } from './figures.ts';
import { fillLettaDatabase } from './generate/letta-database.ts';
import { likenessFacts, likenessOf } from './likeness.ts';
import { formatSize, readOptions } from './options.ts';
import { withScene } from './stage.ts';
import { describe, writeResults } from './write-results.ts';

const options = readOptions(process.argv.slice(2));
const say = (line: string) => process.stderr.write(`${line}\n`);

await withScene(say, async (scene, machine) => {
  say(`making a database of ${formatSize(options.bytes)}, seed ${options.seed} …`);
  const { name: source } = await loadFixture(scene.server, 'letta-0.16.8');
  const amounts = await fillLettaDatabase(scene.server, source, options.bytes, options.seed);
  const { name: fixture } = await loadFixture(scene.server, 'letta-0.16.8');
  const likeness = await likenessOf(scene.server, source, fixture);
  await prepareRivals(scene, source);
  const rounds: Round[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    say(`round ${round} of ${options.rounds}`);
    rounds.push(await runRound(scene, source, say));
  }
  say('changed databases');
  const results = {
    machine,
    size: formatSize(options.bytes),
    seed: options.seed,
    facts: { ...amounts, ...likenessFacts(likeness) },
    likeness,
    rounds,
    figures: figuresOf(rounds, await changedBackups(scene, source, amounts, options.seed)),
  };
  if (options.out !== null) await writeResults(options.out, 'benchmarks', results);
  console.log(describe(results));
});
