/** `npm run build [-- DIRECTORY]`: dist/ is src/ as JavaScript, with the data files that stand beside the code. */
import { execFileSync } from 'node:child_process';
import { cpSync, globSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';

const target = process.argv[2] ?? 'dist';
rmSync(target, { recursive: true, force: true });
execFileSync('tsc', ['--project', 'tsconfig.build.json', '--outDir', target], { stdio: 'inherit' });
const data = globSync('src/**/*', { withFileTypes: true }).filter((entry) => entry.isFile() && !entry.name.endsWith('.ts'));
for (const { parentPath, name } of data) cpSync(join(parentPath, name), join(target, relative('src', parentPath), name));
