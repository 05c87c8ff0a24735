import type { DatabaseModel } from '../../src/schema/model.ts';
import { agentScenarios } from './scenarios/agents.ts';
import { catalogueScenarios } from './scenarios/catalogue.ts';
import { messageScenarios } from './scenarios/messages.ts';
import { passageScenarios } from './scenarios/passages.ts';
import { runScenarios } from './scenarios/runs.ts';
import { secretScenarios } from './scenarios/secrets.ts';

/** A situation that a way between releases has to deal with. */
export interface Scenario {
  name: string;
  /** `table` or `table.column`: where one of these is not, the situation cannot be. */
  needs: readonly string[];
  /** Where one of these is, it cannot be either: a release has cleared it up. */
  lacks?: readonly string[];
  /** First and last place in the chain where it can be, if columns do not say so. */
  from?: number;
  to?: number;
  /** The revision whose branch it enters. */
  enters?: string;
  /** SELECT over tables named without schema: it gives a row where the situation is there. */
  proof: string;
}

export const scenarios: readonly Scenario[] = [
  ...agentScenarios,
  ...catalogueScenarios,
  ...messageScenarios,
  ...passageScenarios,
  ...runScenarios,
  ...secretScenarios,
];

/** The situations that rows of a schema can be in. */
export function possibleScenarios(model: DatabaseModel, position: number): Scenario[] {
  const there = new Set(model.tables.flatMap(({ name, columns }) => [name, ...columns.map((column) => `${name}.${column.name}`)]));
  return scenarios.filter(
    ({ needs, lacks = [], from = 1, to = Number.POSITIVE_INFINITY }) =>
      position >= from && position <= to && needs.every((name) => there.has(name)) && !lacks.some((name) => there.has(name)),
  );
}
