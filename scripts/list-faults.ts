/** `npm run faults`: which of the 57 fault cases have a test. A test covers a case by its name: `fault 12: …`. */
import { globSync, readFileSync } from 'node:fs';

const cases = 57;
const covered = new Map<number, string[]>();

for (const file of globSync('tests/**/*.test.ts').sort()) {
  for (const [, list = '', title = ''] of readFileSync(file, 'utf8').matchAll(/['"`]faults? ((?:\d+)(?:(?:, | and )\d+)*): ([^'"`\n]*)/g)) {
    for (const number of list.match(/\d+/g) ?? []) {
      covered.set(Number(number), [...(covered.get(Number(number)) ?? []), `${title} (${file})`]);
    }
  }
}

for (const [number, titles] of [...covered].sort(([a], [b]) => a - b)) {
  for (const title of titles) console.log(`fault ${number}: ${title}`);
}
const without = Array.from({ length: cases }, (_, index) => index + 1).filter((number) => !covered.has(number));
console.log(`\n${cases - without.length} of ${cases} fault cases have a test.`);
if (without.length > 0) console.log(`Without: ${without.join(', ')}`);
const unknown = [...covered.keys()].filter((number) => number < 1 || number > cases);
if (unknown.length > 0) {
  console.error(`There is no fault case ${unknown.join(', ')}.`);
  process.exitCode = 1;
}
