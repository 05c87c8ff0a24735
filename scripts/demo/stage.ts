import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { runLifeboat, showLifeboat, temporary } from './run-lifeboat.ts';

/** Something that the demo claims is not so. */
export class Untrue extends Error {}

/** The demo claims nothing that it did not check. */
export function must(claim: boolean, otherwise: string): asserts claim {
  if (!claim) throw new Untrue(otherwise);
}

export const say = (text = ''): void => console.log(text);

/** How the demo's vault is named and opened. */
export const opening = '--vault vault --identity identity.txt';

/** Where the demo plays: a directory of its own, and the real program in it. */
export class Stage {
  readonly directory = mkdtempSync(join(tmpdir(), 'lifeboat-demo-'));
  #chapter = 0;

  constructor() {
    mkdirSync(this.at(temporary));
    // Where root drills, other accounts have to be able to pass through (never to list); else the drill goes elsewhere.
    for (const each of [this.directory, this.at(temporary)]) chmodSync(each, 0o711);
  }

  at(name: string): string {
    return join(this.directory, name);
  }

  heading(text: string): void {
    say(`── ${++this.#chapter}. ${text} ${'─'.repeat(Math.max(3, 96 - text.length))}\n`);
  }

  async open<T>(name: string, work: (database: PGlite) => Promise<T>): Promise<T> {
    const database = await PGlite.create(this.at(name), { extensions: { vector } });
    try {
      return await work(database);
    } finally {
      await database.close();
    }
  }

  /** @param line words without spaces in them */
  async lifeboat(expected: number, line: string, variables: Readonly<Record<string, string>> = {}): Promise<string> {
    const { code, output } = await showLifeboat(this.directory, line.split(' '), variables);
    must(code === expected, `lifeboat ${line.split(' ')[0]} ended with exit code ${code} instead of ${expected}`);
    return output;
  }

  /**
   * What the program answers to a program, and shows nobody.
   * @param line words without spaces in them
   */
  async ask<Line>(line: string): Promise<Line[]> {
    const { output } = await runLifeboat(this.directory, [...line.split(' '), '--json']);
    return output
      .trim()
      .split('\n')
      .map((each) => JSON.parse(each) as Line);
  }
}

/** Tells a story from its beginning to its end, and cleans up. @returns exit code: 1 if anything in it is not so */
export async function tell(story: (stage: Stage) => Promise<void>, { keep = false } = {}): Promise<0 | 1> {
  const started = performance.now();
  const stage = new Stage();
  try {
    await story(stage);
    say(`Everything above was checked. ${((performance.now() - started) / 1000).toFixed(1)} s.`);
    return 0;
  } catch (error) {
    if (!(error instanceof Untrue)) throw error;
    console.error(`\nTHE DEMO FAILED: ${error.message}`);
    return 1;
  } finally {
    if (keep) say(`Kept: ${stage.directory}`);
    else rmSync(stage.directory, { recursive: true, force: true });
  }
}
