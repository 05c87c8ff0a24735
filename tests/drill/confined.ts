import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Confinement } from '../../src/drill/server/confinement.ts';
import { type Way, ways } from '../../src/drill/server/ways.ts';

const run = promisify(execFile);

/** A throwaway directory, and what a confinement is made with there. */
export class Room {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async make(): Promise<Room> {
    return new Room(await mkdtemp(join(tmpdir(), 'lb-')));
  }

  /** @param python instead of this machine's */
  open(way: Way, python = 'python3'): Promise<Confinement> {
    const { directory } = this;
    return Confinement.open(way, { python, directory, postgresSocket: join(directory, 'pg'), serverSocket: join(directory, 'http') });
  }

  /** An executable Python or shell program. */
  async program(name: string, text: string): Promise<string> {
    const path = join(this.directory, name);
    await writeFile(path, text);
    await chmod(path, 0o755);
    return path;
  }

  /** A virtual environment that says it holds Letta of a version; its `letta` is this Python program. */
  async environment(version: string, letta: string): Promise<string> {
    const home = join(this.directory, 'venv');
    await run('python3', ['-m', 'venv', '--without-pip', home]);
    const [python = ''] = await readdir(join(home, 'lib'));
    const metadata = join(home, 'lib', python, 'site-packages', `letta-${version}.dist-info`);
    await mkdir(metadata);
    await writeFile(join(metadata, 'METADATA'), `Metadata-Version: 2.1\nName: letta\nVersion: ${version}\n`);
    await this.program('venv/bin/letta', `#!${home}/bin/python\n${letta}`);
    return home;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return rm(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

const namespaces = ways.filter(({ how }) => how === 'namespace');

/** The way by which this machine can make a network namespace, or why it cannot. */
export async function namespaceHere(): Promise<{ way: Way } | { way: null; why: string }> {
  let why = '';
  for (const way of namespaces) {
    await using room = await Room.make();
    try {
      await (await room.open(way)).close();
      return { way };
    } catch (error) {
      why += `${way.command.slice(0, 2).join(' ')}: ${error instanceof Error ? error.message : String(error)}. `;
    }
  }
  return { way: null, why };
}

/** Runs a Python program in a confinement to its end. @returns what it printed */
export async function runIn(confinement: Confinement, room: Room, text: string): Promise<string> {
  const program = await room.program('program.py', text);
  const log = join(room.directory, 'log');
  confinement.start({ program: 'python3', args: [program], env: { PATH: process.env.PATH ?? '', HOME: room.directory }, log });
  await confinement.serverEnded;
  return readFile(log, 'utf8');
}
