import { releasesAt, schemaHas } from '../letta/catalogue.ts';
import type { TableModel } from '../schema/model.ts';
import type { Chain } from './chain.ts';
import type { PlannedDrop } from './upgrade-plan.ts';

/** Tables and columns of the snapshot that the target has no place for, unless a step carried them elsewhere. */
export function* dropsOf(chain: Chain, home: readonly TableModel[], own: ReadonlySet<string>): Generator<PlannedDrop> {
  const to = releasesAt(chain.to.revision).at(-1) ?? `at revision ${chain.to.revision}`;
  const kept = new Map<string, Set<string>>();
  const fresh = new Set<string>();
  for (const { columns: named, branches } of chain.state.values()) {
    for (const { base, values } of branches) {
      if (base === null) continue;
      for (const { id, name } of named) if (values.get(id)?.origin.kind === 'derived') fresh.add(`${base}.${name}`);
      const columns = kept.get(base) ?? new Set();
      for (const { origin } of values.values()) if (origin.kind === 'carried') columns.add(origin.column);
      kept.set(base, columns);
    }
  }
  for (const table of home) {
    if (own.has(table.name) || table.name === 'alembic_version') continue;
    const columns = kept.get(table.name);
    if (columns === undefined) {
      if (!chain.moved.has(table.name)) yield { table: table.name, column: null, reason: `Letta ${to} has no such table` };
      continue;
    }
    for (const { name, generated } of table.columns) {
      if (columns.has(name) || generated !== null || chain.moved.has(`${table.name}.${name}`)) continue;
      yield { table: table.name, column: name, reason: reasonFor(chain, to, table.name, name, fresh) };
    }
  }
}

function reasonFor(chain: Chain, to: string, table: string, column: string, fresh: ReadonlySet<string>): string {
  if (schemaHas(chain.from.revision, table, column)) return `Letta ${to} has no such column`;
  return fresh.has(`${table}.${column}`)
    ? 'left behind by an upgrade that did not finish: not taken over, but computed afresh'
    : 'a column that Letta does not know at the snapshot’s revision';
}
