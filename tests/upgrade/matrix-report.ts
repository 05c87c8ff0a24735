import { releasesAt } from '../../src/letta/catalogue.ts';
import type { RevisionStep } from '../../src/upgrade/revision-step.ts';
import { lossName, type PairResult } from './matrix.ts';
import type { Scenario } from './scenarios.ts';

/** A line per source, a column per target (the place in the chain, read downwards): `.` right, `o` right with losses, `X` wrong. */
export function grid(results: readonly PairResult[]): string[] {
  const targets = [...new Set(results.map(({ to }) => to.position))].sort((a, b) => a - b);
  const sources = [...new Set(results.map(({ from }) => from.position))].sort((a, b) => a - b);
  const title = (from: PairResult['from']) => `${releasesAt(from.revision)[0] ?? from.revision} (${from.position})`.padEnd(16);
  const head = [100, 10, 1].map((unit) => ' '.repeat(17) + targets.map((position) => Math.floor(position / unit) % 10).join(''));
  return [
    ...head,
    ...sources.map((position) => {
      const row = results.filter(({ from }) => from.position === position);
      const cells = targets.map((target) => {
        const result = row.find(({ to }) => to.position === target);
        if (result === undefined) return ' ';
        return result.problems.length > 0 ? 'X' : result.losses.length > 0 ? 'o' : '.';
      });
      const seconds = row.reduce((sum, each) => sum + each.seconds, 0) / row.length;
      return `${title(row[0]!.from)} ${cells.join('')} ${seconds.toFixed(1)} s each`;
    }),
  ];
}

/** Problems that are alike but for ids and numbers, the most frequent first, with one pair as example. */
export function problemKinds(results: readonly PairResult[]): string[] {
  const kinds = new Map<string, { pairs: number; example: string }>();
  for (const { from, to, problems } of results) {
    for (const kind of new Set(problems.map(kindOf))) {
      const found = kinds.get(kind);
      const first = problems.find((problem) => kindOf(problem) === kind) ?? kind;
      if (found) found.pairs++;
      else kinds.set(kind, { pairs: 1, example: `${from.position}→${to.position}: ${first}` });
    }
  }
  return [...kinds.values()].sort((a, b) => b.pairs - a.pairs).map(({ pairs, example }) => `${pairs} pairs, such as ${example}`);
}

function kindOf(problem: string): string {
  return problem.replace(/\(.*\)$/s, '').replace(/[\w-]*[0-9a-f]{8}-[0-9a-f-]{27}|m_\d+_\d+_\w+|\d+/g, '#');
}

/** Losses that only a database has whose own keys do not hold: none of the cases is one. */
const onlyInDamaged: readonly string[] = [lossName('agents', 'identity_id', 'the identity is gone')];

/**
 * What the cases left untried: a step whose revision no situation enters, a step that no way took, a loss that a plan
 * held possible and no case had.
 */
export function untried(results: readonly PairResult[], steps: readonly RevisionStep[], scenarios: readonly Scenario[]): string[] {
  const entered = new Set(scenarios.map(({ enters }) => enters));
  const crossed = (step: RevisionStep) => {
    const at = results.some(({ steps: taken }) => taken.some((each) => each.includes(step.revision)));
    return at;
  };
  const happened = new Set(results.flatMap(({ losses }) => losses.map(({ table, column, reason }) => lossName(table, column, reason))));
  const possible = new Set(results.flatMap((result) => result.possible));
  return [
    ...steps.filter(({ revision }) => !entered.has(revision)).map(({ revision }) => `no situation enters ${revision}`),
    ...steps.filter((step) => !crossed(step)).map(({ revision }) => `no way took the step of ${revision}`),
    ...[...possible].filter((name) => !happened.has(name) && !onlyInDamaged.includes(name)).map((name) => `never happened: ${name}`),
  ];
}
