import { execFile } from 'node:child_process';
import { access, constants, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { LifeboatError } from '../../report/errors.ts';

/** A Letta server that can be started here. */
export interface ServerProgram {
  /** The executable `letta`. */
  letta: string;
  /** The Python of its virtual environment. */
  python: string;
  /** As the package says, such as `0.16.8`. */
  version: string;
}

const run = promisify(execFile);

/**
 * @param path the executable `letta` of a virtual environment, or that environment's directory
 * @throws LifeboatError letta-program-unusable
 */
export async function findServerProgram(path: string): Promise<ServerProgram> {
  // The server works in a directory of its own.
  const letta = resolve(await executable(path));
  // Tools such as pipx put a link elsewhere; the environment is where it leads.
  const bin = dirname(await realpath(letta));
  const python = await firstOf([join(bin, 'python'), join(bin, 'python3')]);
  if (python === null) throw unusable(path, `There is no Python beside ${letta}, so it is not part of a virtual environment.`);
  const ask = 'import importlib.metadata; print(importlib.metadata.version("letta"))';
  const answer = await run(python, ['-I', '-c', ask], { timeout: 30_000 }).catch((error: Error & { stderr?: string }) => error);
  if (answer instanceof Error) throw unusable(path, answer.stderr?.trim().split('\n').at(-1) || answer.message);
  return { letta, python, version: answer.stdout.trim() };
}

async function executable(path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw unusable(path, 'There is no such file or directory.');
  const candidates = found.isDirectory() ? [join(path, 'bin', 'letta')] : [path];
  const letta = await firstOf(candidates);
  if (letta === null) throw unusable(path, found.isDirectory() ? 'It has no executable bin/letta.' : 'It is not executable.');
  return letta;
}

async function firstOf(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) {
    const usable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (usable) return path;
  }
  return null;
}

const unusable = (path: string, reason: string): LifeboatError => new LifeboatError('letta-program-unusable', { path, reason });
