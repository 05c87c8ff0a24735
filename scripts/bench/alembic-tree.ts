import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LettaRelease } from '../../tests/support/letta-installations.ts';
import { cacheDirectory } from '../../tests/support/test-cache.ts';

const run = promisify(execFile);

/** The source tree of a release, with upstream's migrations: only the source distribution has them. @throws where it cannot be had */
export async function alembicTree(release: LettaRelease): Promise<string> {
  const home = join(cacheDirectory, `letta-${release}-source`);
  if (existsSync(join(home, 'alembic.ini'))) return home;
  await mkdir(cacheDirectory, { recursive: true });
  const making = await mkdtemp(join(cacheDirectory, '.making-source-'));
  try {
    const words = ['download', '--quiet', '--disable-pip-version-check', '--no-deps', '--no-binary', ':all:', '--dest', making];
    await run('python3', ['-m', 'pip', ...words, `letta==${release}`]);
    const archive = (await readdir(making)).find((name) => name.endsWith('.tar.gz')) ?? '';
    const inside = archive.replace(/\.tar\.gz$/, '');
    await run('tar', ['xzf', join(making, archive), '-C', making, '--no-same-owner', `${inside}/alembic`, `${inside}/alembic.ini`]);
    await rm(home, { recursive: true, force: true });
    await rename(join(making, inside), home);
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  return home;
}
