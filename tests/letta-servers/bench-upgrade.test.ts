import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { checkout } from '../support/test-cache.ts';

test('npm run bench:upgrade measures both ways from 0.11.3 to 0.16.8, and boots a server on each', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(checkout, 'scripts/bench/bench-upgrade.ts'), '--size', '4MB'], {
    cwd: checkout,
    maxBuffer: 2 ** 24,
  });
  for (const row of ['`restore --release 0.16.8`, proven', 'the first answer of 0.16.8', '`switch`: renaming both databases'])
    assert.match(stdout, new RegExp(`^\\| .*${row}.* \\| \\*\\*\\d`, 'm'));
  assert.match(stdout, /first list of agents after ours \| \*\*200\*\*/);
});
