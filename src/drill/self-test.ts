import type { ContentProof } from '../restore/content.ts';
import type { ProvenDatabase } from '../restore/restore.ts';
import type { TableDifference } from '../verify/compare-content.ts';
import { type Planted, plantChanges, takeBack } from './plant-changes.ts';
import type { Proof } from './proof.ts';
import { SeededRandom } from './seeded-random.ts';

/** In so many tables a value is changed. */
export const plantedTables = 3;

/**
 * The check that can fail. One value is changed in each of three tables of a database that was just proven equal; the
 * same comparison must name exactly these tables, and the rows where it names rows. Then the values are put back, and
 * it must say equal again. A comparison that sees nothing, or too much, fails the drill.
 *
 * @param seed 8 hex digits
 */
export async function selfTest(proven: ProvenDatabase, seed: string): Promise<NonNullable<Proof['selfTest']>> {
  const planted = await plantChanges(proven, plantedTables, new SeededRandom(seed));
  const differences = (await proven.prove()).comparison.differences;
  await takeBack(proven.session, planted);
  const again = await proven.prove();
  return {
    seed,
    planted: planted.map(({ table, column, key }) => ({ table, column, row: keyText(key) })),
    named: differences.map(({ table }) => table),
    passed: isExactly(planted, differences),
    undone: isEqual(again),
  };
}

/** Fewer tables than usual are a weaker test of the comparison. With none the drill fails. Pure. */
export function selfTestWarnings({ planted }: NonNullable<Proof['selfTest']>): Proof['warnings'] {
  if (planted.length === 0 || planted.length >= plantedTables) return [];
  const message = `The comparison was tested in ${planted.length} of ${plantedTables} tables: no more have a row with a value that can be changed.`;
  return [{ code: 'self-test-small', message, partial: true }];
}

/** Whether the differences are the planted ones and no others. With nothing planted nothing was tested: no. Pure. */
export function isExactly(planted: readonly Planted[], differences: readonly TableDifference[]): boolean {
  if (planted.length === 0 || planted.length !== differences.length) return false;
  return planted.every((change) => {
    const found = differences.find(({ table }) => table === change.called);
    return found?.reason === 'content' && namesRow(found, change);
  });
}

/** Exactly the one row; where the comparison could hold but a part of the rows, what it holds. */
function namesRow({ rows, sampled }: TableDifference, { columnCalled, key }: Planted): boolean {
  if (sampled && rows.length === 0) return true;
  const [row] = rows;
  if (row === undefined || rows.length > 1) return false;
  const texts = Object.values(key).filter((value) => value !== null && /^[a-z_]+-[0-9a-f-]{36}$/.test(value));
  return row.kind === 'changed' && row.columns.join() === columnCalled && texts.every((text) => row.row.includes(text ?? ''));
}

function isEqual({ comparison, wrong, agents }: ContentProof): boolean {
  return comparison.equal && wrong.length === 0 && agents.every(({ there }) => there);
}

function keyText(key: Planted['key']): string {
  return Object.entries(key)
    .map(([column, value]) => `${column}=${value ?? 'NULL'}`)
    .join(', ')
    .slice(0, 200);
}
