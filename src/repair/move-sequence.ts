import type { Session } from '../postgres/database.ts';
import { LifeboatError } from '../report/errors.ts';
import { type DatabaseModel, qualified } from '../schema/model.ts';
import type { AppliedChange, SequenceState } from './applied-change.ts';

type Moved = Extract<AppliedChange, { kind: 'move sequence' }>;

/**
 * Moves a sequence of Letta's within the transaction. `setval` alone would survive a rollback; behind an ALTER SEQUENCE,
 * which gives the sequence new storage and keeps others from taking numbers until the end, it does not.
 *
 * @param expected whether the sequence stands where it should; `next`: the value that the next call of nextval would give
 * @throws LifeboatError row-changed, permission-denied (only the owner may)
 */
export async function moveSequence(
  session: Session,
  { home, model }: { home: string; model: DatabaseModel },
  sequence: string,
  expected: (state: SequenceState & { next: string }) => boolean,
  next: SequenceState,
): Promise<Moved> {
  const found = model.sequences.find(({ schema, name }) => schema === null && name === sequence);
  if (found === undefined) throw new LifeboatError('change-refused', { row: `sequence ${sequence}`, reason: 'there is no such sequence' });
  const name = qualified(home, null, sequence);
  await session.query(`alter sequence ${name} increment by ${BigInt(found.increment)}`);
  const was = await readSequence(session, home, sequence);
  if (!expected({ ...was, next: nextValue(was, found.increment) }))
    throw new LifeboatError('row-changed', { row: `sequence ${sequence}`, reason: 'somebody has taken numbers from it' });
  await session.query('select setval($1::text::regclass, $2::text::bigint, $3::text::boolean)', [name, next.lastValue, next.isCalled]);
  return { kind: 'move sequence', sequence, was, next };
}

/** Where a sequence of Letta's stands. @throws LifeboatError change-refused when there is none of that name */
export async function readSequence(session: Session, home: string, sequence: string): Promise<SequenceState> {
  const there = await session.query(
    `select from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1::text and c.relname = $2::text and c.relkind = 'S'`,
    [home, sequence],
  );
  if (there.length === 0) throw new LifeboatError('change-refused', { row: `sequence ${sequence}`, reason: 'there is no such sequence' });
  const [row] = await session.query(`select last_value::text as last, is_called as called from ${qualified(home, null, sequence)}`);
  return { lastValue: row?.last ?? '', isCalled: row?.called === 't' };
}

function nextValue({ lastValue, isCalled }: SequenceState, increment: string): string {
  return String(BigInt(lastValue) + (isCalled ? BigInt(increment) : 0n));
}
