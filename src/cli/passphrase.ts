import { exec } from 'node:child_process';
import { promisify } from 'node:util';
import { LifeboatError } from '../report/errors.ts';
import { readTextFile } from './read-text-file.ts';

/**
 * The passphrase that the environment gives: NAME itself, the first line of the file NAME_FILE, or the first line that
 * the command NAME_COMMAND prints (run by the shell); undefined when there is none. Never from argv, which others see.
 * @throws LifeboatError file-unreadable | passphrase-command-failed
 */
export async function passphraseFrom(environment: NodeJS.ProcessEnv, name = 'LIFEBOAT_PASSPHRASE'): Promise<string | undefined> {
  const { [name]: passphrase, [`${name}_FILE`]: file, [`${name}_COMMAND`]: command } = environment;
  if (passphrase) return passphrase;
  if (file) return firstLine(await readTextFile(file, `${name}_FILE`)) || undefined;
  return command ? await ask(command, `${name}_COMMAND`) : undefined;
}

async function ask(command: string, variable: string): Promise<string> {
  try {
    const { stdout } = await promisify(exec)(command, { encoding: 'utf8' });
    const passphrase = firstLine(stdout);
    if (passphrase !== '') return passphrase;
  } catch (cause) {
    // Neither the command's text nor its output: either may hold a secret.
    const { code, signal } = cause as { code?: number | string; signal?: string };
    throw new LifeboatError('passphrase-command-failed', {
      variable,
      reason: signal ? `it was ended by ${signal}` : `it ended with exit code ${code ?? '?'}`,
    });
  }
  throw new LifeboatError('passphrase-command-failed', { variable, reason: 'it printed nothing' });
}

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? '';
}
