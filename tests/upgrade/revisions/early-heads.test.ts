import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { revisionInfo } from '../../../src/letta/catalogue.ts';
import { heads, sampleHeads } from '../heads.ts';
import { upgraded } from './early-harness.ts';

const [first, last] = [9, 107];
const tried = process.env.LIFEBOAT_UPGRADE_MATRIX ? heads() : sampleHeads();

/** Every kind of row that a server of that release can have left. */
describe('the way from the schema of 0.6.0 … 0.10.1', () => {
  for (const [release, end] of [
    ['0.11.0', '05c3bc564286'],
    ['0.16.8', '1c28e167b74f'],
  ] as const) {
    for (const revision of tried) {
      const position = revisionInfo(revision)?.position ?? 0;
      if (position < first || position >= last) continue;
      it(`from ${position} ${revision} to ${release} keeps what it carries, and every computed value is right`, async () => {
        await using built = await upgraded(revision, end);
        assert.deepEqual(await built.wrong(), []);
      });
    }
  }
});
