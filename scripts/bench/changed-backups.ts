import { directorySize } from './directory-size.ts';
import type { Afterwards } from './figures.ts';
import { editAtRandom, useForADay } from './generate/day-of-use.ts';
import type { Amounts } from './generate/letta-database.ts';
import type { Filling } from './generate/like.ts';
import { measure } from './measure.ts';
import type { Scene } from './scene.ts';

/** Backups of changed copies of the database into a vault that holds it as it was. */
export async function changedBackups(scene: Scene, source: string, amounts: Amounts, seed: number): Promise<Afterwards> {
  const { server } = scene;
  const changed = async (change: (filling: Filling) => Promise<void>) => {
    const database = 'bench_changed';
    await server.dropDatabase(database);
    await server.createDatabase({ name: database, template: source });
    const vault = await scene.newVault();
    await measure(scene.lifeboat('backup', vault, server.url(database)));
    const first = await directorySize(vault);
    await change({ server, database, seed });
    await server.query('vacuum analyze', [], database);
    await scene.settle();
    const { seconds } = await measure(scene.lifeboat('backup', vault, server.url(database)));
    const newBytes = (await directorySize(vault)) - first;
    await server.dropDatabase(database);
    return { newBytes, seconds, first };
  };
  return { dayOfUse: await changed((filling) => useForADay(filling, amounts)), randomEdits: await changed(editAtRandom) };
}
