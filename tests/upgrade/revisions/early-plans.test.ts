import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { revisionInfo, schemaAt } from '../../../src/letta/catalogue.ts';
import { planUpgrade } from '../../../src/upgrade/plan-upgrade.ts';
import { branchValue } from '../../../src/upgrade/relation.ts';
import { liveChecks } from '../../../src/upgrade/run-checks.ts';
import { revisionSteps } from '../../../src/upgrade/steps.ts';
import type { UpgradePlan } from '../../../src/upgrade/upgrade-plan.ts';
import { heads } from '../heads.ts';
import { derivedColumns } from './early-derived-columns.ts';

const end = '05c3bc564286';
const position = (revision: string): number => revisionInfo(revision)?.position ?? 0;
const early = heads().filter((revision) => position(revision) >= 9 && position(revision) <= 107);

/** From every head to 0.11.0, to the last release and to the next head; from 0.6.0 to every head. */
const ways = new Map<string, [string, string]>();
for (const [index, from] of early.entries()) {
  for (const to of [end, heads().at(-1)!, early[index + 1]]) if (to !== undefined && from !== to) ways.set(`${from} ${to}`, [from, to]);
  if (index > 0) ways.set(`${early[0]} ${from}`, [early[0]!, from]);
}
const plan = (from: string, to: string): UpgradePlan => planUpgrade(schemaAt(from), from, to, revisionSteps);

describe('what steps of 0.6.1 … 0.11.0 compute', () => {
  for (const [from, to] of ways.values()) {
    it(`${position(from)} → ${position(to)}: every computed column has a second route`, () => {
      const planned = plan(from, to);
      const checked = new Set(
        liveChecks({ plan: planned }).flatMap(({ check, by, names }) =>
          check.of.columns.map((column) => `${names.get(check.of.table)?.get(column)} ${by}`),
        ),
      );
      assert.deepEqual(
        derivedColumns(planned).filter(({ id, by }) => !checked.has(`${id} ${by}`)),
        [],
      );
    });
  }

  it('leaves no demanded column without a value but the batch’s job, which did not exist', () => {
    const empty = new Set<string>();
    for (const from of early) {
      const { chain, model } = plan(from, end);
      for (const { name, columns, branches } of chain.state.values()) {
        const table = model.tables.find((each) => each.name === name)!;
        for (const branch of branches) {
          for (const { id, name: column } of columns) {
            const { origin } = branchValue(branch, id);
            const demanded = table.columns.find((each) => each.name === column)?.notNull;
            if (demanded && origin.kind === 'constant' && origin.text === null) empty.add(`${name}.${column}`);
          }
        }
      }
    }
    assert.deepEqual([...empty], ['llm_batch_job.letta_batch_job_id']);
  });

  it('names what 0.6.5 drops without a successor: API tokens, and ids of links', () => {
    const { drops } = plan(early[0]!, end);
    assert.deepEqual(
      drops.map(({ table, column }) => (column === null ? table : `${table}.${column}`)),
      [
        ...['id', 'created_at', 'updated_at', 'is_deleted', '_created_by_id', '_last_updated_by_id', 'organization_id'].map(
          (column) => `agents_tags.${column}`,
        ),
        ...['id', 'created_at', 'updated_at', 'is_deleted', '_created_by_id', '_last_updated_by_id'].map(
          (column) => `blocks_agents.${column}`,
        ),
        'tokens',
        'tools.module',
      ],
    );
  });
});
