import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { lifeboat } from '../support/program.ts';

/** Names of reports in examples of drills, which are run again and again: a report never replaces a file. */
const reportsIn = (text: string) =>
  [...text.matchAll(/lifeboat drill [^\n`]*--report ([^\n`']*?\.(?:html|md|json))/g)].map(([, name = '']) => name);

test('a drill that is copied from the README or the help can be run every week: its report has a date in its name', async () => {
  const readme = reportsIn(readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8'));
  const help = reportsIn((await lifeboat(['drill', '--help'], { json: false })).stdout);
  assert.deepEqual([readme.length, help.length], [3, 1]);
  for (const name of [...readme, ...help]) {
    // As systemd and cron hand it to the shell.
    const word = name.replaceAll('$$', '$').replaceAll('%%', '%').replaceAll('\\%', '%');
    const shown = execFileSync('/bin/sh', ['-c', `echo ${word}`], { encoding: 'utf8' });
    assert.match(shown, /drill-\d{4}-\d\d-\d\d\.html\n$/, name);
  }
});
