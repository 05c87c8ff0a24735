/** `npm run bench:upgrade -- [--size 1GB] [--rounds 3] [--seed 1] [--out DIRECTORY]`: 0.11.3 to 0.16.8, and upstream's way. */
import { loadFixture } from '../../tests/support/fixtures.ts';
import { fillLettaDatabase } from './generate/letta-database.ts';
import { likenessFacts, likenessOf } from './likeness.ts';
import { measure } from './measure.ts';
import { formatSize, readOptions } from './options.ts';
import { withScene } from './stage.ts';
import { upgradeFigures, upgradeTimes } from './upgrade-figures.ts';
import { runUpgradeRound, type UpgradeRound } from './upgrade-round.ts';
import { describe, writeResults } from './write-results.ts';

const options = readOptions(process.argv.slice(2));
const say = (line: string) => process.stderr.write(`${line}\n`);

await withScene(say, async (scene, machine) => {
  const { server } = scene;
  say(`making a database of ${formatSize(options.bytes)} at Letta 0.11.3, seed ${options.seed} …`);
  const { name: source } = await loadFixture(server, 'letta-0.11.3');
  const amounts = await fillLettaDatabase(server, source, options.bytes, options.seed);
  const { name: fixture } = await loadFixture(server, 'letta-0.11.3');
  const likeness = await likenessOf(server, source, fixture);
  await measure(scene.own('pg_dump', source, '-Fc', '-f', scene.path('dump-own')));
  const rounds: UpgradeRound[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    say(`round ${round} of ${options.rounds}`);
    rounds.push(await runUpgradeRound(scene, source, say));
  }
  const results = {
    machine,
    size: formatSize(options.bytes),
    seed: options.seed,
    facts: { from: '0.11.3', to: '0.16.8', ...amounts, ...likenessFacts(likeness) },
    likeness,
    rounds: rounds.map(upgradeTimes),
    figures: upgradeFigures(rounds),
  };
  if (options.out !== null) await writeResults(options.out, 'upgrade', results);
  console.log(describe(results));
});
