import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import type { Finding } from '../finding.ts';
import { findingOf, findRows, someOf } from '../found-rows.ts';

export const organizationUnresolved: Check = {
  code: 'organization-unresolved',
  group: 'tenants',
  severity: 'error',
  looksFor:
    'A row of an organisation that does not exist, in a table without the foreign key that Letta has there; with it, foreign-key-violated finds the row.',
  effect: 'Requests are made for one organisation: nobody can ever ask for the row (letta/orm/sqlalchemy_base.py; letta-server.md §12.1).',
  run: async (context) => {
    const { model, session, home } = context;
    const findings: Finding[] = [];
    if (!has(context, 'organizations', 'id')) return [];
    for (const { schema, name: table, foreignKeys } of model.tables) {
      const guarded = foreignKeys.some(({ columns }) => columns.length === 1 && columns[0] === 'organization_id');
      if (schema !== null || guarded || !has(context, table, 'id', 'organization_id')) continue;
      const found = await findRows(
        session,
        `select t.id::text as id, t.organization_id from ${qualified(home, null, table)} t
          where t.organization_id is not null and not exists (select from ${qualified(home, null, 'organizations')} o where o.id = t.organization_id)`,
      );
      findings.push(
        ...findingOf(organizationUnresolved, found, (rows) => ({
          where: `${table}.organization_id`,
          message: `${formatCountOf(found.count, 'row')} of ${table} of organisations that do not exist: ${someOf(rows, 'organization_id')}`,
          why: 'No request is ever made for such an organisation, so no server shows these rows to anybody.',
          repair: 'Put the row of organizations back from a snapshot, or give these rows an organisation that exists.',
        })),
      );
    }
    return findings;
  },
};
