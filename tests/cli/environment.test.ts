import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Command } from 'commander';
import { dropEmptyVariables, switches } from '../../src/cli/environment.ts';
import { buildProgram } from '../../src/cli/program.ts';

const options = (command: Command): Command['options'] => [...command.options, ...command.commands.flatMap(options)];

test('the variable of every switch can say no: LIFEBOAT_REPAIR=0 must not repair', () => {
  const known = options(buildProgram(async () => {}));
  const ofSwitches = known.flatMap((option) => ((option.isBoolean() || option.negate) && option.envVar ? [option.envVar] : []));
  assert.ok(ofSwitches.includes('LIFEBOAT_REPAIR'));
  assert.deepEqual([...new Set(ofSwitches)].sort(), [...switches].sort());
  const environment = { LIFEBOAT_REPAIR: '0', LIFEBOAT_WHILE_IN_USE: 'false', LIFEBOAT_YES: '1', LIFEBOAT_VAULT: '' };
  dropEmptyVariables(environment);
  assert.deepEqual(environment, { LIFEBOAT_YES: '1' });
});
