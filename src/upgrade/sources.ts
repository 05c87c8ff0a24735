import { quoteIdent, type TableModel } from '../schema/model.ts';
import type { Chain } from './chain.ts';
import type { SourcePlan, TablePlan } from './upgrade-plan.ts';

/** The snapshot's tables that statements read; a large one that is loaded as it is anyway is read through its new place. */
export function sourcesOf(
  chain: Chain,
  tables: readonly TablePlan[],
  sourceOf: (name: string) => TableModel | undefined,
  enums: ReadonlySet<string>,
): SourcePlan[] {
  const whole = new Set(tables.flatMap(({ load }) => (load.kind === 'computed' ? load.bases : [])));
  const direct = new Map(tables.flatMap(({ name, load }) => (load.kind === 'direct' ? [[load.base, { name, load }]] : [])));
  const sources: SourcePlan[] = [];
  for (const base of new Set([...whole, ...chain.reads.keys()])) {
    const table = sourceOf(base);
    if (!table) continue;
    const all = table.columns.filter(({ generated }) => generated === null);
    const read = chain.reads.get(base) ?? new Set();
    const columns = (whole.has(base) ? all : all.filter(({ name }) => read.has(name))).map(({ name, type }) => ({
      name,
      type: enums.has(type) ? 'text' : type,
    }));
    const into = direct.get(base);
    const through = into && columns.map(({ name }) => into.load.columns.find(({ from }) => from === name));
    const view =
      !whole.has(base) && into && through?.every((each) => each !== undefined)
        ? {
            table: into.name,
            list:
              through
                .map((each, index) => `t.${quoteIdent(each!.name)}::${columns[index]!.type} as ${quoteIdent(columns[index]!.name)}`)
                .join(', ') || '1',
          }
        : null;
    sources.push({ base, columns, view });
  }
  return sources;
}
