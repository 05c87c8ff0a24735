import { schemaAt } from '../../../src/letta/catalogue.ts';
import { servingRelease } from '../../../src/letta/serving-release.ts';
import { lookAfterwards } from '../../../src/upgrade/build-context.ts';
import { measureLosses } from '../../../src/upgrade/measure-losses.ts';
import type { Vault } from '../../../src/vault/vault.ts';
import { type Rows, type Upgraded, upgraded, wrongIn } from './early-harness.ts';

/** A JSON null, which is not SQL NULL. */
export const jsonNull = { toJSON: (): null => null };

/** A vector of Letta's length. */
export const vector = `[${Array.from({ length: 4096 }, (_, index) => index % 5).join(',')}]`;

/** Rows that say only what a test is about go from one revision to another; what else is demanded is filled in. */
export function brought(from: string, to: string, rows: Rows): Promise<Upgraded> {
  const tables = schemaAt(from).tables;
  const filled = Object.entries(rows).map(([name, list]) => {
    const demanded = tables.find((table) => table.name === name)?.columns.filter((column) => column.notNull) ?? [];
    const filling = Object.fromEntries(demanded.map(({ name: column, type }) => [column, anyOf(type)]));
    return [name, list.map((row, index) => ({ ...filling, ...('sequence_id' in filling && { sequence_id: index + 1 }), ...row }))];
  });
  return upgraded(from, to, Object.fromEntries(filled));
}

function anyOf(type: string): unknown {
  if (type === 'vectordbprovider') return 'NATIVE';
  if (type === 'json') return {};
  if (type === 'boolean') return false;
  if (/int/.test(type)) return 1;
  return type.startsWith('timestamp') ? '2025-01-01 00:00:00+00' : 'x';
}

/** What the steps name, one line each: `class table.column: keys`, as they are sorted. */
export async function named(built: Upgraded): Promise<string[]> {
  const losses = await measureLosses([built.session], built.plan.chain, new AbortController().signal);
  return losses
    .map(
      ({ class: kind, table, column, examples }) =>
        `${kind} ${table}${column === null ? '' : `.${column}`}: ${examples.toSorted().join(' ')}`,
    )
    .sort();
}

/**
 * Makes each change to the built database in turn.
 * @param whole whether the comparison of carried rows with the snapshot counts, too
 * @returns those that no check notices
 */
export async function unnoticed(built: Upgraded, changes: readonly string[], whole = false): Promise<string[]> {
  const context = {
    plan: built.plan,
    home: 'built',
    release: servingRelease(built.plan.chain.to),
    entries: new Map(),
    vault: {} as Vault,
  };
  const after = await lookAfterwards(built.session);
  const silent: string[] = [];
  for (const change of changes) {
    await built.query('begin');
    await built.query(change);
    const found = await wrongIn(built.session, context, after);
    if (found.length === 0 && !(whole && (await built.wrong()).length > 0)) silent.push(change);
    await built.query('rollback');
  }
  return silent;
}
