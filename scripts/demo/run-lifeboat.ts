import { spawn } from 'node:child_process';
import { join } from 'node:path';

const bin = join(import.meta.dirname, '../../bin/lifeboat.mjs');

/** Runs the real program in `directory`, shows the command and all that it prints, and hands back its end. */
export async function runLifeboat(directory: string, args: readonly string[]): Promise<{ code: number | null; output: string }> {
  console.log(`$ lifeboat ${args.join(' ')}`);
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('LIFEBOAT_')));
  // The demo leaves no trace: configuration and what is pinned on first use go into its own directory.
  for (const kind of ['CONFIG', 'STATE', 'DATA', 'CACHE']) environment[`XDG_${kind}_HOME`] = join(directory, '.xdg', kind.toLowerCase());
  const child = spawn(process.execPath, [bin, ...args], { cwd: directory, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      process.stdout.write(text);
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  console.log(`(exit code ${code})\n`);
  return { code, output };
}
