import { isSince } from '../../letta/serving-release.ts';
import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import { findingOf, findRows } from '../found-rows.ts';

export const runLeftInJobs: Check = {
  code: 'run-left-in-jobs',
  group: 'in-flight',
  severity: 'note',
  looksFor: 'Runs that the upgrade to 0.12.0 left in the table of jobs, where runs were before.',
  effect:
    'Nobody reaches them: /v1/runs/{id} answers 404, /v1/jobs/{id} 422, and their messages and steps do not know them any more (567e9fe06270; letta-server.md §0 fact 3, §11 row 7).',
  run: async (context) => {
    const { release, session, home } = context;
    if (release === null || !isSince(release, '0.12.0') || !has(context, 'jobs', 'id') || !has(context, 'runs', 'id')) return [];
    const found = await findRows(
      session,
      `select t.id from ${qualified(home, null, 'jobs')} t where t.id like 'run-%'
          and not exists (select from ${qualified(home, null, 'runs')} r where r.id = t.id)`,
    );
    return findingOf(runLeftInJobs, found, () => ({
      where: 'jobs.id',
      message: `${formatCountOf(found.count, 'run')} from before 0.12.0 left in the table of jobs`,
      why: 'The server does not show them as runs, nor answers for them as jobs.',
      repair: 'A snapshot from before that upgrade has them with their messages: restored with --release, it keeps both.',
    }));
  },
};
