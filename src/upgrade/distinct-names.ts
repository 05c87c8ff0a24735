import type { Check, LossQuery } from './revision-step.ts';

export interface Naming {
  /** Table with an `id` and the column that must be distinct after the step. */
  table: string;
  column: string;
  /** Row alias → SQL values without NULLs within which the name must be distinct. */
  within: (row: string) => string[];
  /** Row alias → SQL values without NULLs: the first of equal names keeps it; the id decides at last. */
  order: (row: string) => string[];
  /** Sub-select (id, name, and the columns of `within` and `order`): the names that were meant. */
  rows: string;
}

export interface DistinctNames {
  /** Sub-select (id, name). */
  rows: string;
  /** SQL giving the keys of the rows that could not keep their name. */
  renamed: LossQuery['sql'];
  check: Check;
}

/**
 * Names made distinct as Letta does it for sources in 46699adc71a7: the first keeps its name, the others get `_2`, `_3` …
 * behind it. Where that would collide with a name that is there already, the row's id is put behind instead.
 */
export function distinctNames({ table, column, within, order, rows }: Naming): DistinctNames {
  const place = (row: string): string => within(row).join(', ');
  const ordered = (row: string): string => [...order(row), `${row}.id collate "C"`].join(', ');
  const places = within('r').map((value, index) => `${value} as w${index}`);
  const aliased = (row: string): string => places.map((_, index) => `${row}.w${index}`).join(', ');
  const numbered = `(select r.id, r.name, ${places.join(', ')}, row_number() over (partition by r.name, ${place('r')} order by ${ordered('r')}) as nth from ${rows} r)`;
  const taken = `(select distinct r.name, ${places.join(', ')} from ${rows} r)`;
  return {
    rows: `(select n.id, case when n.nth = 1 then n.name when o.name is null then n.name || '_' || n.nth else n.name || '_' || n.id end as name
              from ${numbered} n left join ${taken} o on o.name = n.name || '_' || n.nth and (${aliased('o')}) = (${aliased('n')}))`,
    renamed: `select 'id=' || n.id, null from ${numbered} n where n.nth > 1 and n.name is not null`,
    check: {
      of: { table, columns: [column] },
      sql: (built) => `
        select 'id=' || b.id, 'its ${column} is neither the one it had nor that with something behind it'
          from ${built(table)} b
          join (select r.id, r.name, count(o.id) + 1 as nth from ${rows} r
                  left join ${rows} o on o.name = r.name and (${place('o')}) = (${place('r')}) and (${ordered('o')}) < (${ordered('r')})
                 group by r.id, r.name) e on e.id = b.id
         where case when e.nth = 1 then b.${column} is distinct from e.name
                    else b.${column} is null or b.${column} not in (e.name || '_' || e.nth, e.name || '_' || e.id) end
        union all
        select 'id=' || min(b.id), 'its ${column} is there ' || count(*) || ' times' from ${built(table)} b
         where b.${column} is not null group by b.${column}, ${place('b')} having count(*) > 1`,
    },
  };
}

/** Oldest first; what has no date comes last, as in Letta's own order. */
export function byAge(row: string): string[] {
  return [`coalesce(${row}.created_at, 'infinity')`];
}
