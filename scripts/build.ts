/** `npm run build`: dist/ is src/ as JavaScript, with the data files that stand beside the code. */
import { execFileSync } from 'node:child_process';
import { cpSync, globSync, rmSync } from 'node:fs';

rmSync('dist', { recursive: true, force: true });
execFileSync('tsc', ['--project', 'tsconfig.build.json'], { stdio: 'inherit' });
const data = globSync('src/**/*', { withFileTypes: true }).filter((entry) => entry.isFile() && !entry.name.endsWith('.ts'));
for (const { parentPath, name } of data) cpSync(`${parentPath}/${name}`, `${parentPath.replace(/\bsrc\b/, 'dist')}/${name}`);
