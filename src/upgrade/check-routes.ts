import type { Session } from '../postgres/database.ts';
import { quoteIdent } from '../schema/model.ts';
import { type Afterwards, type BuildContext, loadedRows } from './build-context.ts';
import { type Branch, branchValue, type Relation } from './relation.ts';
import type { Look, WrongValue } from './run-checks.ts';

/**
 * A table of the snapshot whose rows went to several tables carries other columns in each: what not all of them carry
 * cannot be compared with the snapshot at once, so each route is compared with the staged rows, column by column as
 * text, both ways.
 */
export function routeLooks(context: BuildContext, after: Afterwards): Look[] {
  const routes = new Map<string, { relation: Relation; branch: Branch }[]>();
  for (const relation of context.plan.chain.state.values())
    for (const branch of relation.branches)
      if (branch.base !== null) routes.set(branch.base, [...(routes.get(branch.base) ?? []), { relation, branch }]);
  return [...routes.values()]
    .filter((list) => list.length > 1)
    .flatMap((list) =>
      list.map(
        ({ relation, branch }): Look =>
          (session) =>
            compareRoute(session, context, after, relation, branch),
      ),
    );
}

async function compareRoute(
  session: Session,
  { plan, home }: BuildContext,
  after: Afterwards,
  relation: Relation,
  branch: Branch,
): Promise<WrongValue[]> {
  const model = plan.model.tables.find(({ schema, name }) => schema === null && name === relation.name)!;
  const columns = relation.columns.filter(({ id }) => branchValue(branch, id).origin.kind === 'carried');
  const typed = columns.map(({ name }) => model.columns.find((column) => column.name === name)!);
  const where = branch.where.length === 0 ? '' : ` where ${branch.where.map((each) => `(${each})`).join(' and ')}`;
  const staged = `select ${columns.map(({ id }, index) => `((${branchValue(branch, id).sql})::${typed[index]!.type})::text as c${index}`).join(', ')} from ${branch.from}${where}`;
  const built = `select ${columns.map(({ name }, index) => `t.${quoteIdent(name)}::text as c${index}`).join(', ')} from ${loadedRows(home, model, after)} t${branch.marker === null ? '' : ` where ${branch.marker}`}`;
  const first = Math.max(
    0,
    columns.findIndex(({ name }) => name === 'id'),
  );
  const rows = await session.query(
    `select 'missing or changed' as what, q.c${first} as key from ((${staged}) except all (${built})) q
     union all select 'extra or changed', q.c${first} from ((${built}) except all (${staged})) q limit 50`,
  );
  return rows.map(({ what, key }) => ({ table: relation.name, row: key ?? '', what: what ?? '', by: null }));
}
