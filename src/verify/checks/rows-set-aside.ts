import { setAsideSchema } from '../../schema/own-schemas.ts';
import type { Check } from '../check.ts';

/** Rows that an upgrade took out of the server's sight: nothing is wrong with them, and nothing should forget them. */
export const rowsSetAside: Check = {
  code: 'rows-set-aside',
  group: 'schema',
  severity: 'note',
  looksFor: `An upgrade by Lifeboat set rows aside in the schema ${setAsideSchema}.`,
  effect: 'The server does not see them; every backup holds them.',
  run: async ({ model }) => {
    const names = model.tables.filter(({ schema }) => schema === setAsideSchema).map(({ name }) => name);
    if (names.length === 0) return [];
    return [
      {
        code: 'rows-set-aside',
        severity: 'note',
        where: setAsideSchema,
        message: `An upgrade set rows of ${names.filter((name) => !name.startsWith('reasons')).join(', ')} aside here; ${setAsideSchema}.reasons says why. They are part of every backup.`,
        ids: [],
        count: 0,
        why: 'A server does not look into this schema.',
        repair: null,
        changes: [],
      },
    ];
  },
};
