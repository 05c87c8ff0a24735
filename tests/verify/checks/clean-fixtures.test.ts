import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FixtureName, fixtureNames } from '../../support/fixtures.ts';
import { testServer } from '../../support/postgres.ts';
import { plantedDatabase } from './planted.ts';
import { trueOfFixtures } from './true-of-fixtures.ts';

const line = ({ code, where, count }: { code: string; where: string; count: number }) => `${code} · ${where} · ${count}`;

for (const fixture of fixtureNames as readonly FixtureName[]) {
  test(`the checks find in ${fixture} what is true of it, and nothing else`, async () => {
    await using database = await plantedDatabase(await testServer(), fixture);
    assert.deepEqual(database.clean.map(line).sort(), (trueOfFixtures[fixture] ?? []).map(line).sort());
  });
}
