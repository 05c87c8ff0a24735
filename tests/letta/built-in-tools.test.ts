import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { builtInTools } from '../../src/letta/built-in-tools.ts';
import { findRelease, revisionInfo, revisions } from '../../src/letta/catalogue.ts';
import { isSince, servingRelease } from '../../src/letta/serving-release.ts';

const revisionOf = (release: string) => revisionInfo(findRelease(release)?.head ?? '') ?? assert.fail(release);

describe('the built-in tools of a release', () => {
  it('are found by type, and end where the source lost them', () => {
    const inGroup = (release: string) =>
      builtInTools(release).get('letta_multi_agent_core')?.includes('send_message_to_all_agents_in_group');
    assert.deepEqual(['0.6.39', '0.6.40', '0.16.6', '0.16.7', '0.16.8'].map(inGroup), [false, true, true, false, false]);
    assert.deepEqual(builtInTools('0.16.8').get('letta_memory_core'), builtInTools('0.16.8').get('letta_core'));
    assert.equal(builtInTools('0.16.8').get('external_mcp'), null);
    assert.equal(builtInTools('0.16.8').has('anything'), false);
    // A name that came back after releases without it.
    const later = (release: string) => builtInTools(release).get('letta_multi_agent_core')?.includes('send_message_to_agent_async');
    assert.deepEqual(['0.8.5', '0.8.6', '0.8.8', '0.8.9'].map(later), [true, false, false, true]);
    assert.equal(builtInTools('0.6.8').size, 0);
  });

  it('do not differ between releases from 0.11.0 on that share a revision, so that a revision says enough', () => {
    const all = [
      '0.11.0',
      '0.11.1',
      '0.11.2',
      '0.11.3',
      '0.11.4',
      '0.11.5',
      '0.11.6',
      '0.11.7',
      '0.12.0',
      '0.12.1',
      '0.13.0',
      '0.14.0',
      '0.15.0',
    ];
    for (const release of [...all, '0.15.1', '0.16.0', '0.16.1', '0.16.2', '0.16.4', '0.16.5', '0.16.6', '0.16.7', '0.16.8'])
      assert.deepEqual(builtInTools(release), builtInTools(servingRelease(revisionOf(release))), release);
  });
});

describe('servingRelease', () => {
  it('is the newest release of a head, and the next one for a revision between heads', () => {
    assert.equal(servingRelease(revisionOf('0.16.7')), '0.16.8');
    assert.equal(servingRelease(revisionOf('0.16.2')), '0.16.2');
    const between = revisions()[revisionOf('0.16.2').position - 2] ?? assert.fail();
    assert.equal(servingRelease(between), '0.16.2');
    assert.throws(() => isSince('0.16.3', '0.16.2'), RangeError);
  });
});
