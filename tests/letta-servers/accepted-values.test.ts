import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { acceptedFields, acceptedValues } from '../../src/letta/accepted-values.ts';
import { installLetta, lettaReleases, python311 } from '../support/letta-installations.ts';
import { checkout } from '../support/test-cache.ts';

type Sections = Record<'enums' | 'values' | 'fields', Record<string, unknown>>;

const skip = (await python311()) ? false : 'no Python 3.11 with venv on this machine';
const facts = JSON.parse(readFileSync(join(checkout, 'src/letta/catalogue/accepted-values.json'), 'utf8')) as Sections;
const places = (section: keyof Sections): string[] => Object.keys(facts[section]);

describe('what was read from the source is what the models themselves say', { skip }, () => {
  for (const release of lettaReleases) {
    test(release, async () => {
      const python = join(await installLetta(release), 'bin/python');
      const asked = JSON.stringify({ enums: places('enums'), values: places('values'), fields: places('fields') });
      const { stdout } = await promisify(execFile)(python, [join(checkout, 'tests/support/read-letta-values.py'), asked], {
        maxBuffer: 2 ** 26,
      });
      const models = JSON.parse(stdout.slice(stdout.lastIndexOf('{"enums":'))) as Sections;
      const read = (section: keyof Sections, of: (place: string, release: string) => readonly string[] | null) =>
        Object.fromEntries(places(section).map((place) => [place, of(place, release)]));
      assert.deepEqual(read('enums', acceptedValues), models.enums);
      assert.deepEqual(read('values', acceptedValues), models.values);
      assert.deepEqual(read('fields', acceptedFields), models.fields);
    });
  }
});
