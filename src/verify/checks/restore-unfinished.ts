import { type RestoreMark, readMark } from '../../postgres/build-mark.ts';
import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';

export const restoreUnfinished: Check = {
  code: 'restore-unfinished',
  group: 'schema',
  severity: 'error',
  looksFor: 'Lifeboat’s own mark on the database says that a restore into it did not end.',
  effect: 'A server starts on whatever is there: rows, constraints or the proof are missing.',
  run: async ({ session }) => {
    const mark = await readMark(session);
    return mark?.state === 'incomplete' ? [unfinished(mark)] : [];
  },
};

/** What there is to say about a database with the mark `incomplete`. Pure. */
export function unfinished({ drill }: Pick<RestoreMark, 'drill'>): Finding {
  return {
    code: 'restore-unfinished',
    severity: 'error',
    where: 'database',
    message: drill
      ? 'This is the throwaway database of a drill that is still running or was cut off: rows, constraints or the proof are missing'
      : 'This is what an interrupted or failed restore left: rows, constraints or the proof are missing',
    ids: [],
    count: 0,
    why: 'A server would start on it and show whatever is there.',
    repair: drill
      ? 'A drill removes its database at its end, or the next drill on this server does.'
      : 'Run that restore or upgrade again: it replaces this database. Or drop this database.',
    changes: [],
  };
}
