import { execFileSync } from 'node:child_process';
import { cp, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Command } from './measure.ts';

const checkout = join(import.meta.dirname, '../..');

/** What the program's first line gives Node. */
export const nodeFlags = ['--max-semi-space-size=1'];
const nodeEnvironment = { MALLOC_ARENA_MAX: '2' };

/** Lifeboat as a package has it: built, without its sources, started by its own first line. */
export class BuiltProgram {
  readonly directory: string;
  readonly #state: string;

  private constructor(directory: string, state: string) {
    [this.directory, this.#state] = [directory, state];
  }

  static async make(parent: string): Promise<BuiltProgram> {
    const directory = join(parent, 'package');
    await mkdir(directory);
    execFileSync(process.execPath, [join(checkout, 'scripts/build.ts'), join(directory, 'dist')], { cwd: checkout, stdio: 'inherit' });
    for (const part of ['bin', 'package.json']) await cp(join(checkout, part), join(directory, part), { recursive: true });
    await symlink(join(checkout, 'node_modules'), join(directory, 'node_modules'));
    return new BuiltProgram(directory, join(parent, 'state'));
  }

  command(...args: string[]): Command {
    return { program: join(this.directory, 'bin/lifeboat.mjs'), args: [...args, '--json'], env: this.#environment };
  }

  /** A program of the benchmark's own, with the built modules at hand and the same flags for Node. */
  beside(script: string, ...args: string[]): Command {
    return {
      program: process.execPath,
      args: [...nodeFlags, join(import.meta.dirname, script), join(this.directory, 'dist'), ...args],
      env: { ...this.#environment, ...nodeEnvironment },
    };
  }

  get #environment(): NodeJS.ProcessEnv {
    return { PATH: `${dirname(process.execPath)}:${process.env.PATH}`, LIFEBOAT_STATE_DIR: this.#state };
  }
}
