import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { InTurn } from '../../src/rows/in-turn.ts';

test('results come in the order in which work was begun, whichever ends first', async () => {
  const got: number[] = [];
  const turns = new InTurn<number>(2, (result) => got.push(result));
  let [running, most] = [0, 0];
  const work = async (number: number) => {
    most = Math.max(most, ++running);
    await sleep(number % 2 === 0 ? 15 : 1);
    running--;
    return number;
  };
  for (let number = 0; number < 9; number++) await turns.add(work(number));
  await turns.end();
  assert.deepEqual(got, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  assert.equal(most, 3);
});

test('a failure is met in its turn, nothing runs on behind it, and nothing is taken after it', async () => {
  const got: number[] = [];
  const turns = new InTurn<number>(2, (result) => got.push(result));
  let ended = 0;
  const late = async () => {
    await sleep(20);
    ended++;
    return 3;
  };
  await turns.add(Promise.resolve(1));
  await turns.add(Promise.reject(new Error('second')));
  await assert.rejects(async () => {
    await turns.add(late());
    await turns.add(late());
    await turns.end();
  }, /second/);
  await turns.settled();
  assert.deepEqual(got, [1]);
  assert.equal(ended, 2);
});
