// Runs before everything else, under whatever Node the machine has (20 or later): plain JavaScript, no packages.
// Installs what package-lock.json names when node_modules lacks it. npm puts node_modules/.bin first on the
// PATH of its scripts, so that `node` is the locked one (24) from the next script on.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const checkout = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(join(checkout, file), 'utf8')).packages;
  } catch {
    return {};
  }
}

const installed = packagesOf('node_modules/.package-lock.json');
const missing = Object.entries(packagesOf('package-lock.json'))
  .filter(([path, { optional, version }]) => path !== '' && !optional && installed[path]?.version !== version)
  .map(([path]) => path.replace('node_modules/', ''));
const node = join(checkout, 'node_modules/.bin/node');

if (missing.length > 0 || !existsSync(node)) {
  console.log(`installing ${missing.length > 10 ? 'packages' : missing.join(', ')} (npm ci) …`);
  const { status } = spawnSync('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'], { cwd: checkout, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout?.trim() ?? '';
if (!/^v(2[4-9]|[3-9]\d)\./.test(version)) {
  console.error(`${node} is ${version || 'missing'} instead of Node 24: remove node_modules and run \`npm ci\`.`);
  process.exit(1);
}
