import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { releases, revisionInfo, schemaAt } from '../../src/letta/catalogue.ts';
import { isSupportedWay } from '../../src/letta/find-revision.ts';
import { planUpgrade } from '../../src/upgrade/plan-upgrade.ts';
import { branchValue } from '../../src/upgrade/relation.ts';
import type { RevisionStep } from '../../src/upgrade/revision-step.ts';
import { liveChecks } from '../../src/upgrade/run-checks.ts';
import { revisionSteps } from '../../src/upgrade/steps.ts';

const r0113 = '5fb8bba2c373';
const r0162 = '27de0f58e076';
const r0168 = '1c28e167b74f';
const heads = [...new Set(releases().map(({ head }) => head))];

describe('the way between two revisions as data', () => {
  test('a large table that no step touches goes in as it comes, dropped columns left out', () => {
    const plan = planUpgrade(schemaAt(r0113), r0113, r0168, []);
    const passages = plan.tables.find(({ name }) => name === 'archival_passages');
    assert.equal(passages?.load.kind, 'direct');
    const steps = plan.tables.find(({ name }) => name === 'steps');
    assert.ok(steps?.load.kind === 'direct');
    assert.ok(!steps.load.columns.some(({ from }) => from === 'job_id'));
    assert.deepEqual(
      plan.drops.map(({ table, column }) => [table, column]),
      [
        ['job_messages', null],
        ['step_metrics', 'job_id'],
        ['steps', 'job_id'],
      ],
    );
    assert.ok(!plan.tables.some(({ name }) => name === 'job_messages'));
    assert.equal(plan.tables.find(({ name }) => name === 'conversations')?.load.kind, 'empty');
  });

  test('names follow renames, whatever lies between', () => {
    const from = '15b577c62f3f'; // 0.10.0: agent_passages
    const plan = planUpgrade(schemaAt(from), from, r0113, []);
    const { load } = plan.tables.find(({ name }) => name === 'archival_passages')!;
    assert.ok(load.kind === 'computed' && load.bases.includes('agent_passages'));
    assert.ok(plan.carries.some(({ base, routes }) => base === 'agent_passages' && routes[0]?.table === 'archival_passages'));
  });

  test('a step sees the row as it was, the columns included that it drops', () => {
    const step: RevisionStep = {
      revision: '567e9fe06270',
      up: (state) => ({
        set: { steps: { columns: { run_id: 't.job_id' } } },
        moved: ['steps.job_id'],
        checks: [
          {
            of: { table: 'steps', columns: ['run_id'] },
            sql: (built) => `select id, 'wrong' from ${built('steps')} s where ${state.has('steps') ? 'false' : 'true'}`,
          },
        ],
      }),
    };
    const plan = planUpgrade(schemaAt(r0113), r0113, r0162, [step]);
    const { load } = plan.tables.find(({ name }) => name === 'steps')!;
    assert.ok(load.kind === 'computed');
    assert.match(load.selects[0] ?? '', /\(t\.job_id\)/);
    assert.ok(!plan.drops.some(({ table, column }) => table === 'steps' && column === 'job_id'));
    assert.equal(liveChecks({ plan }).length, 1);
  });

  test('a later step that computes a value again puts the earlier check out of force', () => {
    const earlier: RevisionStep = {
      revision: '15b577c62f3f',
      up: () => ({
        set: { agents: { columns: { hidden: 'true' } } },
        checks: [{ of: { table: 'agents', columns: ['hidden'] }, sql: () => `select 'earlier', ''` }],
      }),
    };
    const later: RevisionStep = {
      revision: '9fa274fb0b83',
      up: () => ({
        set: { agents: { columns: { hidden: 'coalesce(t.hidden, false)' } } },
        checks: [{ of: { table: 'agents', columns: ['hidden'] }, sql: () => `select 'later', ''` }],
      }),
    };
    const from = '06fbbf65d4f1'; // 0.9.1, before hidden exists
    const plan = planUpgrade(schemaAt(from), from, r0168, [earlier, later]);
    assert.deepEqual(
      liveChecks({ plan }).map(({ by }) => by),
      ['9fa274fb0b83'],
    );
  });

  test('a column that somebody added early by hand keeps its values', () => {
    const source = schemaAt(r0113);
    const steps = source.tables.find(({ name }) => name === 'steps')!;
    const early = schemaAt(r0168)
      .tables.find(({ name }) => name === 'steps')!
      .columns.find(({ name }) => name === 'request_id')!;
    steps.columns.push(early);
    const plan = planUpgrade(source, r0113, r0168, []);
    const { load } = plan.tables.find(({ name }) => name === 'steps')!;
    assert.ok(load.kind === 'direct' && load.columns.some(({ name, from }) => name === 'request_id' && from === 'request_id'));
    assert.ok(!plan.drops.some(({ column }) => column === 'request_id'));
    // Downwards to where it does not exist it is a loss, like any column that Letta does not know.
    const down = planUpgrade(source, r0113, '05c3bc564286', []);
    assert.ok(down.drops.some(({ table, column }) => table === 'steps' && column === 'request_id'));
  });

  test('tables of the user’s own stay, without references to what is gone', () => {
    const source = schemaAt(r0113);
    const notes = structuredClone(source.tables.find(({ name }) => name === 'prompts')!);
    notes.name = 'my_notes';
    notes.foreignKeys = [
      { name: 'to_agents', refTable: 'agents', refColumns: ['id'] },
      { name: 'to_links', refTable: 'job_messages', refColumns: ['id'] },
    ].map((key) => ({
      ...key,
      columns: ['id'],
      refSchema: null,
      onDelete: 'NO ACTION',
      onUpdate: 'NO ACTION',
      match: 'SIMPLE',
      deferrable: false,
      initiallyDeferred: false,
      validated: true,
    }));
    source.tables.push(notes);
    const plan = planUpgrade(source, r0113, r0168, []);
    assert.deepEqual(
      plan.own.map(({ name }) => name),
      ['my_notes'],
    );
    const built = plan.model.tables.find(({ name }) => name === 'my_notes');
    assert.deepEqual(
      built?.foreignKeys.map(({ name }) => name),
      ['to_agents'],
    );
    assert.match(plan.notes.join(), /to_links/);
  });

  test('every column of every table is accounted for, and every computed one has a second route, between all heads', {
    timeout: 600_000,
  }, () => {
    const unproven = new Set<string>();
    const sample = heads.filter((_, index) => index % 4 === 0 || index >= heads.length - 2);
    for (const from of heads) {
      const ends = process.env.LIFEBOAT_TEST_MATRIX ? heads : sample;
      for (const to of ends) {
        if (from === to || !isSupportedWay(revisionInfo(from)!, revisionInfo(to)!)) continue;
        const plan = planUpgrade(schemaAt(from), from, to, revisionSteps);
        const live = liveChecks({ plan });
        for (const relation of plan.chain.state.values()) {
          for (const column of relation.columns) {
            const derived = relation.branches.flatMap((branch) => {
              const { origin } = branchValue(branch, column.id);
              return origin.kind === 'derived' ? [origin.by] : [];
            });
            const seconded = derived.every((by) =>
              live.some(
                ({ check, by: own, names }) =>
                  own === by && check.of.columns.some((name) => names.get(check.of.table)?.get(name) === column.id),
              ),
            );
            if (!seconded) unproven.add(`${relation.name}.${column.name} by ${derived.join(', ')}`);
          }
        }
      }
    }
    assert.deepEqual([...unproven], []);
  });
});
