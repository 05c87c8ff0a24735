import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { revisionInfo } from '../../../src/letta/catalogue.ts';
import { heads } from '../heads.ts';
import { upgraded } from './early-harness.ts';

const [first, last] = [9, 107];
const end = '05c3bc564286';

/** Every kind of row that a server of that release can have left, brought to 0.11.0. */
describe('the way from every release’s schema to 0.11.0', () => {
  for (const revision of heads()) {
    const position = revisionInfo(revision)?.position ?? 0;
    if (position < first || position >= last) continue;
    it(`from ${position} ${revision}`, async () => {
      await using built = await upgraded(revision, end);
      assert.deepEqual(await built.wrong(), []);
    });
  }
});
