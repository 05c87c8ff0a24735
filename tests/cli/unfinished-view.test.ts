import assert from 'node:assert/strict';
import { test } from 'node:test';
import { databaseSummary } from '../../src/cli/views/verification-views.ts';
import type { RestoreMark } from '../../src/postgres/build-mark.ts';
import { unfinished } from '../../src/verify/checks/restore-unfinished.ts';

const told = (of: Partial<RestoreMark>) => {
  const mark: RestoreMark = { lifeboat: 1, state: 'incomplete', vault: 'v', snapshot: 's', plan: 'p', created: true, time: '', ...of };
  const nothing = { home: null, revision: null, releases: [], tables: null, runs: [], queries: [], comparison: null, warnings: [] };
  const database = { label: 'postgresql://me@here/letta' };
  const options = { database, snapshot: null, opening: '--vault /v', tone: 'bad', seconds: 1 } as const;
  return databaseSummary({ ...nothing, findings: [unfinished(mark)], unfinished: mark }, options);
};

test('an unfinished database: the way out with the snapshot of its mark, where that is one', () => {
  const { next, fields } = told({ snapshot: '00ff00ff00ff00ff' });
  assert.match(next?.[0] ?? '', /^lifeboat restore 00ff00ff00ff00ff --vault \/v --to postgresql:\/\/me@here\/letta {3}#/);
  assert.deepEqual([fields.home, fields.tables], [null, null]);
  // A mark is a comment: somebody may have written a command there.
  assert.match(told({ snapshot: '$(reboot)' }).next?.[0] ?? '', /^lifeboat restore SNAPSHOT --vault/);
});

test('the database of a drill is not restored by hand', () => {
  const process = { host: 'h', machine: 'm', boot: 'b', pidNamespace: 'n', pid: 1, start: 's' };
  const summary = told({ snapshot: '00ff00ff00ff00ff', drill: { id: '00ff00ff00ff00ff', process } });
  assert.deepEqual(summary.next, []);
  const [finding] = summary.fields.findings as { repair: string }[];
  assert.match(finding?.repair ?? '', /^A drill removes its database/);
});
