import { isRead } from '../../letta/accepted-values.ts';
import { addressedTables, idPatternOf, validatesIds } from '../../letta/refused/names-and-ids.ts';
import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import type { Finding } from '../finding.ts';
import { findingOf, findRows } from '../found-rows.ts';

export const idMalformed: Check = {
  code: 'id-malformed',
  group: 'ids',
  severity: 'warning',
  looksFor: 'An id that is not the prefix of its kind and a uuid of version 4, in lower case.',
  effect:
    'Since 0.13.0 the API takes no such id in an address: the object is listed, and answers 422 or 400 when it is asked for (letta/validators.py; letta-server.md §2, §11 row 25).',
  run: async (context) => {
    const { model, release, session, home } = context;
    const findings: Finding[] = [];
    for (const { schema, name: table } of model.tables) {
      const pattern = schema === null ? idPatternOf(table) : null;
      if (pattern === null || !has(context, table, 'id')) continue;
      const found = await findRows(
        session,
        `select t.id::text as id from ${qualified(home, null, table)} t where t.id::text !~ '${pattern}'`,
      );
      const asked = (addressedTables as readonly string[]).includes(table);
      const validated = release !== null && isRead(release) && validatesIds(release);
      findings.push(
        ...findingOf(idMalformed, found, () => ({
          where: `${table}.id`,
          severity: asked && validated ? 'warning' : 'note',
          message: `${formatCountOf(found.count, 'row')} of ${table} with an id that is not of the form that Letta gives`,
          why: !asked
            ? 'No address of the API names these rows by their id; a server may refuse an id without its prefix when it loads the row.'
            : validated
              ? `Letta ${release} lists them, but answers 422 or 400 to every request that names one by its id.`
              : 'This server takes them; from 0.13.0 on a request that names one by its id is answered with 422 or 400.',
          repair:
            'Give the row a new id, here and in every column and list that refers to it; clients that keep the old one have to be told.',
        })),
      );
    }
    return findings;
  },
};
