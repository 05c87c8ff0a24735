import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { LifeboatError } from '../report/errors.ts';
import { errnoOf } from './store-fault.ts';

/** Remembers which vault lies where, so that one that was exchanged is noticed. */
export interface FingerprintPin {
  /** @throws LifeboatError vault-changed-face when another vault is known at that place */
  known(location: string, fingerprint: string): Promise<void>;
  /** The fingerprint of the vault that is known at that place, and the file that says so. */
  at(location: string): Promise<{ fingerprint: string; file: string } | null>;
  /** Pins a place that has none yet. @throws LifeboatError vault-changed-face */
  remember(location: string, fingerprint: string): Promise<void>;
}

/** The file of known vaults: $LIFEBOAT_STATE_DIR, else $XDG_STATE_HOME/lifeboat, else ~/.local/state/lifeboat. */
export function knownVaultsPath(environment: NodeJS.ProcessEnv = process.env): string {
  const own = environment.LIFEBOAT_STATE_DIR;
  const directory = own || join(environment.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'lifeboat');
  return join(directory, 'known-vaults');
}

/** Pins in a text file of lines `<fingerprint> <location as JSON>`, like ssh's known_hosts. */
export function filePin(path: string = knownVaultsPath()): FingerprintPin {
  const pinnedAt = async (location: string): Promise<string | null> => {
    const place = JSON.stringify(location);
    const line = (await readLines(path)).find((line) => line.slice(line.indexOf(' ') + 1) === place);
    return line === undefined ? null : line.slice(0, line.indexOf(' '));
  };
  const isKnown = async (location: string, fingerprint: string): Promise<boolean> => {
    const pinned = await pinnedAt(location);
    if (pinned === null) return false;
    if (pinned !== fingerprint) throw new LifeboatError('vault-changed-face', { vault: location, fingerprint, pinned, file: path });
    return true;
  };
  return {
    async at(location) {
      const fingerprint = await pinnedAt(location);
      return fingerprint === null ? null : { fingerprint, file: path };
    },
    async known(location, fingerprint) {
      await isKnown(location, fingerprint);
    },
    async remember(location, fingerprint) {
      if (await isKnown(location, fingerprint)) return;
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await appendFile(path, `${fingerprint} ${JSON.stringify(location)}\n`, { mode: 0o600 });
    },
  };
}

async function readLines(path: string): Promise<string[]> {
  try {
    return (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  } catch (cause) {
    if (errnoOf(cause) === 'ENOENT') return [];
    throw cause;
  }
}
