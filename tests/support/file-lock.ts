import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** One process of this machine at a time does `work`; a holder that died is passed over. */
export async function withFileLock<T>(directory: string, work: () => Promise<T>, patienceMs = 300_000): Promise<T> {
  await mkdir(dirname(directory), { recursive: true });
  const holderFile = join(directory, 'pid');
  const giveUp = Date.now() + patienceMs;
  let emptySince = 0;
  for (;;) {
    try {
      await mkdir(directory);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = Number(await readFile(holderFile, 'utf8').catch(() => ''));
    if (holder) emptySince = 0;
    else emptySince ||= Date.now();
    if (holder ? !isAlive(holder) : Date.now() - emptySince > 2_000) {
      await rm(directory, { recursive: true, force: true });
      emptySince = 0;
      continue;
    }
    if (Date.now() > giveUp) throw new Error(`process ${holder} holds ${directory} for too long`);
    await sleep(50);
  }
  try {
    await writeFile(holderFile, String(process.pid));
    return await work();
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
