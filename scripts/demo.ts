/**
 * `npm run demo [-- --keep]`: tells the incident that Lifeboat is made for, with the real program and no server. Ends with
 * an exit code other than 0 if anything that it claims is not so. `--keep` leaves the databases and the vault.
 */
import { encryptionKey, floatingLatest, liveDatabase } from './demo/before.ts';
import { canItFail } from './demo/can-it-fail.ts';
import { backUp, drop, restore } from './demo/lose-and-restore.ts';
import { rehearse } from './demo/rehearse.ts';
import { type Stage, tell } from './demo/stage.ts';
import { switchAndBack, upgrade } from './demo/upgrade-and-back.ts';

async function incident(stage: Stage): Promise<void> {
  const world = await liveDatabase(stage);
  await floatingLatest(stage, encryptionKey);
  await backUp(stage);
  await rehearse(stage, world);
  drop(stage);
  await restore(stage, world);
  await upgrade(stage, encryptionKey);
  await switchAndBack(stage, world, encryptionKey);
  await canItFail(stage, world);
}

process.exitCode = await tell(incident, { keep: process.argv.includes('--keep') });
