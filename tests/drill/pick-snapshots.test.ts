import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pickSnapshots } from '../../src/drill/pick-snapshots.ts';
import { SeededRandom } from '../../src/drill/seeded-random.ts';

/** Day and release → a snapshot of that day. */
const at = (day: number, revision: string) => ({ time: new Date(Date.UTC(2026, 0, day)).toISOString(), letta: { revision }, day });
const days = (count: number, all: readonly ReturnType<typeof at>[]) => pickSnapshots(all, count).map(({ day }) => day);

describe('a sample of snapshots', () => {
  const year = [at(1, 'a'), at(2, 'a'), at(3, 'b'), at(4, 'b'), at(5, 'c'), at(20, 'c'), at(21, 'c'), at(40, 'c')];

  it('one is the newest', () => assert.deepEqual(days(1, year), [40]));
  it('two are the newest and the oldest', () => assert.deepEqual(days(2, year), [1, 40]));
  it('three have another release among them, by its newest snapshot', () => assert.deepEqual(days(3, year), [1, 4, 40]));
  it('more are spread over the time', () => assert.deepEqual(days(4, year), [1, 4, 21, 40]));
  it('no more than there are', () => assert.deepEqual(days(99, year), [1, 2, 3, 4, 5, 20, 21, 40]));
  it('none of none', () => assert.deepEqual(days(3, []), []));
});

describe('seeded randomness', () => {
  it('the same seed gives the same choice, another one another', () => {
    const choice = (seed: string) => new SeededRandom(seed).shuffled([...Array(50).keys()]);
    assert.deepEqual(choice('0badcafe'), choice('0badcafe'));
    assert.notDeepEqual(choice('0badcafe'), choice('0badcaff'));
    assert.deepEqual(
      choice('00000001').toSorted((a, b) => a - b),
      [...Array(50).keys()],
    );
  });

  it('every number below the limit comes up, and none beyond', () => {
    const random = new SeededRandom('12345678');
    const seen = new Set(Array.from({ length: 1000 }, () => random.below(7)));
    assert.deepEqual([...seen].sort(), [0, 1, 2, 3, 4, 5, 6]);
  });
});
