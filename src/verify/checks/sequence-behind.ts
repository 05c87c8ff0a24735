import {
  type ColumnModel,
  type DatabaseModel,
  objectKey,
  qualified,
  quoteIdent,
  quoteLiteral,
  type TableModel,
} from '../../schema/model.ts';
import type { Check, CheckContext } from '../check.ts';
import type { Finding } from '../finding.ts';

export const sequenceBehind: Check = {
  code: 'sequence-behind',
  group: 'sequences',
  severity: 'error',
  looksFor: 'A sequence that feeds a column would give a value that the column already goes beyond.',
  effect:
    'The next insert fails with a unique violation; for messages that is the first message after a restore, and its client gets 409 (letta-server.md §3, §11 row 21).',
  run: sequencesBehind,
};

/** Every sequence that feeds a column's default and is not beyond the column's largest value. */
export async function sequencesBehind({ session, home, model }: Pick<CheckContext, 'session' | 'home' | 'model'>): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const table of model.tables) {
    for (const column of table.columns) {
      const sequence = sequenceOf(model, column);
      if (!sequence) continue;
      const name = qualified(home, sequence.schema, sequence.name);
      const [row] = await session.query(
        `select s.last_value::text as last, s.is_called as called, (select max(${quoteIdent(column.name)})::text from only ${qualified(home, table.schema, table.name)}) as largest from ${name} s`,
      );
      if (!row || row.largest === null || row.largest === undefined) continue;
      const next = row.called === 't' ? BigInt(row.last ?? '0') + BigInt(sequence.increment) : BigInt(row.last ?? '0');
      if (next > BigInt(row.largest)) continue;
      const free = BigInt(row.largest) + 1n;
      findings.push({
        code: 'sequence-behind',
        severity: 'error',
        where: objectKey(sequence),
        message: `the next value is ${next}, but ${columnName(table, column)} goes up to ${row.largest}: the next insert fails with a unique violation`,
        ids: [],
        count: 0,
        why: `A server that writes to ${objectKey(table)} fails, and goes on failing until the sequence has come beyond ${row.largest}.`,
        repair: `select setval(${quoteLiteral(name)}, ${free}, false);`,
        changes: sequence.schema === null ? [{ kind: 'set sequence', sequence: sequence.name, was: `${next}`, next: `${free}` }] : [],
      });
    }
  }
  return findings;
}

const columnName = (table: TableModel, column: ColumnModel): string => `${objectKey(table)}.${column.name}`;

function sequenceOf(model: DatabaseModel, column: ColumnModel) {
  const name = column.default?.match(/^nextval\('(.+)'::regclass\)$/)?.[1];
  if (name === undefined) return undefined;
  return model.sequences.find((sequence) => [objectKey(sequence), quoteIdent(sequence.name)].includes(name));
}
