import assert from 'node:assert/strict';
import type { Finding } from '../../../src/verify/finding.ts';
import { changesAsSql } from './changes-as-sql.ts';
import type { PlantedDatabase } from './planted.ts';

export interface Seen {
  code: string;
  where: string;
  /** None for schema objects. */
  ids?: readonly string[];
  /** Default: as many as ids. */
  count?: number;
  severity?: Finding['severity'];
  /** Its changes mend it: with them applied, the finding is gone. */
  mended?: true;
}

/** Plants damage and expects exactly these findings of all checks, and those that can be mended to be mended by their changes. */
export async function sees(database: PlantedDatabase, damage: readonly string[], ...expected: readonly Seen[]): Promise<Finding[]> {
  const found = await database.plant(...damage);
  const brief = found.map(({ code, where, ids, count, severity, changes }) => ({
    code,
    where,
    ids,
    count,
    severity,
    mended: changes.length > 0,
  }));
  assert.deepEqual(
    brief.sort(byPlace),
    expected
      .map(({ code, where, ids = [], count = ids.length, severity, mended = false }) => ({
        code,
        where,
        ids,
        count,
        severity: severity ?? found.find((each) => each.code === code)?.severity,
        mended,
      }))
      .sort(byPlace),
  );
  for (const { code, where, severity, repair, changes } of found) {
    // Of drift, what is extra has none: whether it may go is for its owner to say.
    if (severity === 'error' && code !== 'drift') assert.ok(repair, `${code} at ${where} says nothing of a repair`);
    if (changes.length === 0) continue;
    const left = await database.plant(...damage, ...changesAsSql(changes));
    assert.deepEqual(
      left.filter((each) => each.code === code && each.where === where),
      [],
    );
    assert.ok(left.length <= found.length, `mending ${code} broke something: ${left.map(({ message }) => message).join('; ')}`);
  }
  return found;
}

/** One value of one row, before anything is planted. */
export async function valueIn(database: PlantedDatabase, sql: string): Promise<string> {
  const [row] = await database.query(sql);
  return Object.values(row ?? {})[0] ?? assert.fail(`nothing: ${sql}`);
}

const byPlace = (a: { code: string; where: string }, b: { code: string; where: string }): number =>
  `${a.code} ${a.where}` < `${b.code} ${b.where}` ? -1 : 1;
