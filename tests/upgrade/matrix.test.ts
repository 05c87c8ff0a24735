import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { releasesAt, revisions } from '../../src/letta/catalogue.ts';
import { TestVault } from '../road/road.ts';
import { type TestServer, testServer } from '../support/postgres.ts';
import { heads } from './heads.ts';
import { prepareSource, type Source, supportedPairs, tryPair } from './matrix.ts';
import { samplePairs, variations } from './matrix-cases.ts';
import type { PopulateOptions } from './populate.ts';

const at = (position: number) => revisions()[position - 1]!;
const sources = new Map<string, Promise<Source>>();
let server: TestServer;
let vault: TestVault;
before(async () => {
  server = await testServer();
  vault = await TestVault.create();
});
after(() => vault[Symbol.asyncDispose]());

/** One snapshot per source, however many targets it is restored to. */
function source(revision: string, options: PopulateOptions = {}): Promise<Source> {
  const key = `${revision} ${JSON.stringify(options)}`;
  const made = sources.get(key) ?? prepareSource(server, vault.vault, revision, options);
  sources.set(key, made);
  return made;
}

describe('a populated database restored at another release', { concurrency: 2 }, () => {
  for (const [from, to] of samplePairs) {
    const names = [from, to].map((position) => releasesAt(at(position).revision)[0]);
    it(`${names[0]} → ${names[1]}: as the catalogue has it, equal where it is carried, every loss reported`, async () => {
      const result = await tryPair(server, vault.vault, await source(at(from).revision), at(to));
      assert.deepEqual(result.problems, []);
    });
  }

  for (const { name, revision, options, to } of variations) {
    it(`${name} → ${releasesAt(at(to).revision)[0]}`, async () => {
      const result = await tryPair(server, vault.vault, await source(revision, options), at(to));
      assert.deepEqual(result.problems, []);
    });
  }
});

describe('the matrix', () => {
  it('has every pair: upwards from 0.6.0, downwards to 0.11.0', () => {
    const pairs = supportedPairs();
    assert.equal(pairs.size, 62);
    const all = [...pairs.values()].flat();
    const upwards = all.filter(({ from, to }) => to.position > from.position);
    assert.equal(upwards.length, (heads().length * (heads().length - 1)) / 2);
    assert.ok(all.filter(({ from, to }) => to.position < from.position).every(({ from, to }) => from.position > 107 && to.position >= 107));
  });
});
