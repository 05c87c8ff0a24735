import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { revisionInfo, schemaAt } from '../../../src/letta/catalogue.ts';
import { planUpgrade } from '../../../src/upgrade/plan-upgrade.ts';
import { revisionSteps } from '../../../src/upgrade/steps.ts';
import { heads } from '../heads.ts';
import { withoutCheck } from './late-derived-columns.ts';

const position = (revision: string): number => revisionInfo(revision)?.position ?? 0;
const late = heads().filter((revision) => position(revision) >= 107);
/** Where the early steps end, the late ones go on with what these made: two targets show that. */
const targets = (from: string): string[] =>
  position(from) < 107 ? late.filter((to) => position(to) === 135 || position(to) === 167) : late.filter((to) => to !== from);

describe('what steps of 0.11.1 … 0.16.8 compute', () => {
  for (const from of heads()) {
    it(`has a second route on every way from ${position(from)} ${from}`, () => {
      const source = schemaAt(from);
      for (const to of targets(from))
        assert.deepEqual(withoutCheck(planUpgrade(source, from, to, revisionSteps)), [], `to ${position(to)}`);
    });
  }
});
