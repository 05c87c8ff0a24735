import type { Session } from '../postgres/database.ts';
import { type DatabaseModel, objectKey, qualified, quoteIdent, quoteLiteral } from '../schema/model.ts';
import type { Finding } from './finding.ts';

/**
 * Every sequence that feeds a column's default must be at or beyond the column's largest value, or the next insert
 * fails: for messages that is the first message after a restore (letta-server.md §3).
 */
export async function checkSequences(session: Session, home: string, model: DatabaseModel): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const table of model.tables) {
    for (const column of table.columns) {
      const sequence = sequenceOf(model, column.default);
      if (!sequence) continue;
      const name = qualified(home, sequence.schema, sequence.name);
      const [row] = await session.query(
        `select s.last_value::text as last, s.is_called as called, (select max(${quoteIdent(column.name)})::text from only ${qualified(home, table.schema, table.name)}) as largest from ${name} s`,
      );
      if (!row || row.largest === null || row.largest === undefined) continue;
      const next = row.called === 't' ? BigInt(row.last ?? '0') + BigInt(sequence.increment) : BigInt(row.last ?? '0');
      if (next > BigInt(row.largest)) continue;
      findings.push({
        code: 'sequence-behind',
        severity: 'error',
        where: objectKey(sequence),
        message: `the next value is ${next}, but ${objectKey(table)}.${column.name} goes up to ${row.largest}: the next insert fails with a unique violation`,
        repair: `select setval(${quoteLiteral(name)}, ${BigInt(row.largest) + 1n}, false);`,
      });
    }
  }
  return findings;
}

function sequenceOf(model: DatabaseModel, expression: string | null) {
  const name = expression?.match(/^nextval\('(.+)'::regclass\)$/)?.[1];
  if (name === undefined) return undefined;
  return model.sequences.find((sequence) => [objectKey(sequence), quoteIdent(sequence.name)].includes(name));
}
