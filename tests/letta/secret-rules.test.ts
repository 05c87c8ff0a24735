import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findRelease, revisionInfo } from '../../src/letta/catalogue.ts';
import {
  looksEncryptedToLetta,
  readsLookalikesWithoutKey,
  secretReading,
  showsPlaceholder,
  truthOfSecrets,
} from '../../src/letta/secret-rules.ts';

const at = (release: string) => revisionInfo(findRelease(release)?.head ?? '') ?? assert.fail(release);

describe('looksEncryptedToLetta', () => {
  it("says what the installed 0.16.8's CryptoUtils.is_encrypted says", () => {
    const a = (length: number) => 'A'.repeat(length);
    const yes = [a(60), a(64), `${a(60)}=`, `${a(60)}====`, `${a(62)}==${a(8)}`, `${a(10)}=${a(50)}`, 'A-'.repeat(60), `${a(57)}\n${a(3)}`];
    const no = [
      ...[
        '',
        '=',
        '=='.repeat(40),
        a(59),
        `${a(59)}=`,
        a(61),
        a(62),
        `${a(56)}AAA=`,
        `${a(58)}==`,
        `${a(61)}===`,
        `${a(58)}=A=`,
        `${a(10)}==${a(80)}`,
      ],
      ...['A_'.repeat(61), `é${a(60)}`, `sk-${a(80)}`, `AKIA${a(56)}`, `ghp_${a(76)}`, `Bearer ${a(80)}`],
      'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U',
    ];
    assert.deepEqual(
      yes.filter((value) => !looksEncryptedToLetta(value)),
      [],
    );
    assert.deepEqual(no.filter(looksEncryptedToLetta), []);
  });
});

describe('what a release reads secrets from', () => {
  it('went from the older columns over both to _enc', () => {
    assert.deepEqual(
      ['0.11.7', '0.12.0', '0.15.1', '0.16.0', '0.16.8'].map((release) => secretReading(at(release))),
      ['plaintext', 'both', 'both', 'encrypted', 'encrypted'],
    );
    assert.deepEqual(
      ['0.11.7', '0.12.1', '0.13.0'].map((release) => [truthOfSecrets(at(release), 'providers'), truthOfSecrets(at(release), 'mcp_oauth')]),
      [
        ['plaintext', 'plaintext'],
        ['plaintext', 'encrypted'],
        ['encrypted', 'encrypted'],
      ],
    );
    assert.deepEqual(
      ['0.16.1', '0.16.2'].map((release) => showsPlaceholder(at(release), 'agent_environment_variables')),
      [false, true],
    );
    assert.deepEqual(
      ['0.16.6', '0.16.7'].map((release) => readsLookalikesWithoutKey(at(release))),
      [false, true],
    );
  });
});
