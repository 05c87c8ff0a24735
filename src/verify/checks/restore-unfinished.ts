import { readMark } from '../../postgres/build-mark.ts';
import type { Check } from '../check.ts';

export const restoreUnfinished: Check = {
  code: 'restore-unfinished',
  group: 'schema',
  severity: 'error',
  looksFor: 'Lifeboat’s own mark on the database says that a restore into it did not end.',
  effect: 'A server starts on whatever is there: rows, constraints or the proof are missing.',
  run: async ({ session }) => {
    if ((await readMark(session))?.state !== 'incomplete') return [];
    return [
      {
        code: 'restore-unfinished',
        severity: 'error',
        where: 'database',
        message: 'This is what an interrupted or failed restore left: rows, constraints or the proof are missing',
        ids: [],
        count: 0,
        why: 'A server would start on it and show whatever is there.',
        repair: 'Run that restore or upgrade again: it replaces this database. Or drop this database.',
        changes: [],
      },
    ];
  },
};
