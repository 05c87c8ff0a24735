import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase } from '../../../src/postgres/open-database.ts';
import { silentReporter } from '../../../src/report/progress.ts';
import { allChecks } from '../../../src/verify/all-checks.ts';
import { checkContext } from '../../../src/verify/check-context.ts';
import { changesAllowed, idsShown } from '../../../src/verify/finding.ts';
import { runChecks } from '../../../src/verify/run-checks.ts';
import { fixtureEncryptionKey } from '../../support/fixtures.ts';
import { testServer } from '../../support/postgres.ts';
import { sampleHeads } from '../../upgrade/heads.ts';
import { populate } from '../../upgrade/populate.ts';

/** The rows are of every kind of value that a column can hold: much of it is damage, and none of it may stop a check. */
for (const revision of sampleHeads()) {
  test(`every check can be made at ${revision}, whatever the rows hold`, async () => {
    await using loaded = await (await testServer()).createDatabase({ vector: true });
    const database = openDatabase(loaded.url, { environment: {} });
    const session = await database.connect();
    try {
      await populate(session, 'public', revision);
      await session.query('begin isolation level repeatable read read only');
      const context = await checkContext(session, 'public', { encryptionKey: fixtureEncryptionKey, now: new Date('2026-11-21T00:00:00Z') });
      const { findings, runs } = await runChecks(context, allChecks, { reporter: silentReporter, signal: new AbortController().signal });
      assert.deepEqual(
        findings.filter(({ code }) => code === 'check-failed').map(({ where, message }) => `${where}: ${message}`),
        [],
      );
      assert.equal(runs.length, allChecks.length);
      // A repair tells findings from one another by their code and place.
      const places = findings.map(({ code, where }) => `${code} · ${where}`);
      assert.deepEqual(
        places.filter((place, at) => places.indexOf(place) !== at),
        [],
      );
      for (const { code, ids, count, changes } of findings) {
        assert.ok(ids.length <= idsShown && ids.length <= count, `${code} shows ${ids.length} ids of ${count} rows`);
        assert.deepEqual(ids, [...new Set(ids)], `${code} shows an id twice`);
        assert.ok(changes.length <= changesAllowed);
      }
    } finally {
      await session.close();
      await database.close();
    }
  });
}
