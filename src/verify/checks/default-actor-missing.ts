import { defaultOrganization, defaultUser } from '../../letta/default-actor.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import type { Finding } from '../finding.ts';

export const defaultActorMissing: Check = {
  code: 'default-actor-missing',
  group: 'tenants',
  severity: 'note',
  looksFor: 'The default organisation or the default user is not there.',
  effect: 'The server inserts them when it starts, or with the first request without a user_id (letta-server.md §10.1).',
  run: async (context) => {
    const findings: Finding[] = [];
    for (const [table, id] of [
      ['organizations', defaultOrganization],
      ['users', defaultUser],
    ] as const) {
      if (!has(context, table, 'id')) continue;
      const there = await context.session.query(`select 1 from ${qualified(context.home, null, table)} t where t.id = $1`, [id]);
      if (there.length > 0) continue;
      findings.push({
        code: 'default-actor-missing',
        severity: 'note',
        where: table,
        message: `${table} has no ${id}`,
        ids: [],
        count: 0,
        why: 'A server inserts it when it starts: a database that was compared before is not the same afterwards.',
        repair: null,
        changes: [],
      });
    }
    return findings;
  },
};
