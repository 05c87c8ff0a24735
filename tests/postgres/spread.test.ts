import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from '../../src/postgres/database.ts';
import { spread } from '../../src/postgres/spread.ts';

const sessions = [{}, {}, {}] as Session[];
const { signal } = new AbortController();

describe('work spread over sessions', () => {
  it('does each item once, each session one at a time', async () => {
    const items = Array.from({ length: 50 }, (_, index) => index);
    const done: number[] = [];
    const busy = new Set<Session>();
    await spread(sessions, items, signal, async (session, item) => {
      assert.ok(!busy.has(session));
      busy.add(session);
      await sleep(item % 3);
      busy.delete(session);
      done.push(item);
    });
    assert.deepEqual(
      done.toSorted((a, b) => a - b),
      items,
    );
  });

  it('throws the first failure once nothing runs any more, and begins nothing after it', async () => {
    const begun: number[] = [];
    let running = 0;
    await assert.rejects(
      spread(sessions, [0, 1, 2, 3, 4, 5, 6, 7], signal, async (_, item) => {
        begun.push(item);
        running++;
        await sleep(item === 0 ? 5 : 20);
        running--;
        if (item === 0) throw new Error('the first');
        if (item === 1) throw new Error('the second');
      }),
      /the first/,
    );
    assert.deepEqual([begun, running], [[0, 1, 2], 0]);
  });

  it('begins nothing once it is aborted', async () => {
    const aborted = AbortSignal.abort(new Error('stop'));
    await assert.rejects(
      spread(sessions, [1], aborted, () => assert.fail()),
      /stop/,
    );
  });
});
