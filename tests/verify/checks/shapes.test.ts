import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { FixtureName } from '../../support/fixtures.ts';
import { testServer } from '../../support/postgres.ts';
import { type PlantedDatabase, plantedDatabase } from './planted.ts';
import { shapeCases } from './shape-cases.ts';

for (const [fixture, cases] of Object.entries(shapeCases)) {
  describe(`shapes in ${fixture}`, () => {
    let database: PlantedDatabase;
    before(async () => {
      database = await plantedDatabase(await testServer(), fixture as FixtureName, { encryptionKey: null });
    });
    after(() => database[Symbol.asyncDispose]());

    for (const { name, table, row = 'true', set, also, code, at, says } of cases) {
      test(`${name}: ${code ?? 'taken'}`, async () => {
        const [found] = await database.query(`select min(id) as id from ${table} where ${row}`);
        const id = found?.id ?? assert.fail(`no row of ${table} where ${row}`);
        const findings = await database.plant(
          `update ${table} set ${set} where id = '${id}'`,
          ...(also ? [also.replaceAll('$id', id)] : []),
        );
        assert.deepEqual(
          findings.map(({ code, where, ids, count }) => ({ code, where, ids, count })),
          code === undefined ? [] : [{ code, where: at ? `${table}.${at}` : table, ids: [id], count: 1 }],
        );
        if (says) assert.match(findings[0]?.message ?? '', says);
        for (const { why, message } of findings) assert.match(`${message} ${why}`, /Letta 0\.1[16]\.\d/);
      });
    }
  });
}
