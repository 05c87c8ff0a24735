import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fitted } from './fitted.ts';

const bin = join(import.meta.dirname, '../../bin/lifeboat.mjs');

/** Where, in the directory of a demo, the program's temporary files go. */
export const temporary = 'tmp';

/** As the program ended. */
export interface Ended {
  code: number | null;
  output: string;
}

/**
 * Runs the real program in `directory`, shows the command and what it prints, made to fit, and hands back its end.
 * @param variables shown as set, without their values
 */
export async function showLifeboat(
  directory: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const set = Object.keys(variables).map((name) => `${name}=… `);
  console.log(`$ ${set.join('')}lifeboat ${args.join(' ')}`);
  const ended = await runLifeboat(directory, args, variables);
  for (const line of fitted(ended.output, directory)) console.log(line);
  console.log(`(exit code ${ended.code})\n`);
  return ended;
}

/** Runs the real program in `directory` and shows nothing of it. */
export async function runLifeboat(
  directory: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const own = /^(?:LIFEBOAT_|LETTA_ENCRYPTION_KEY$)/;
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
  // The demo leaves no trace, and meets none of others: configuration, what is pinned on first use, drills.
  for (const kind of ['CONFIG', 'STATE', 'DATA', 'CACHE']) environment[`XDG_${kind}_HOME`] = join(directory, '.xdg', kind.toLowerCase());
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: directory,
    env: { ...environment, TMPDIR: join(directory, temporary), ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  return { code, output };
}
