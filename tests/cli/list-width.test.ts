import assert from 'node:assert/strict';
import { test } from 'node:test';
import { snapshotTable } from '../../src/cli/views/snapshot-facts.ts';
import { LifeboatError } from '../../src/report/errors.ts';
import { TerminalOutput } from '../../src/report/output-terminal.ts';
import { failedProof, sampleProof } from '../drill/proofs.ts';
import { Memory } from '../report/sinks.ts';
import { sampleManifest } from '../vault/sample-manifest.ts';
import { refOf } from './fake-vault.ts';

const ids = ['f70a60709445ffe2', '394b440b5d12bdea', 'e4e205c4e70e11e8', '6e6c768b7e97bd02'];
const refs = ids.map((id, index) => refOf({ id }, index));
const [proven, failed, never, damaged] = refs as [(typeof refs)[0], (typeof refs)[0], (typeof refs)[0], (typeof refs)[0]];

/** `list` as a terminal of that width shows it. */
function listed(columns: number | undefined): string[] {
  const stdout = Object.assign(new Memory(), columns === undefined ? {} : { columns });
  const view = snapshotTable(
    [
      ...[proven, failed, never].map((ref) => ({ ref, manifest: sampleManifest({ id: ref.id, time: '2026-11-21T06:21:25.000Z' }) })),
      { ref: damaged, error: new LifeboatError('manifest-damaged', { snapshot: damaged.id, reason: 'r' }) },
    ],
    (file) => (file === proven.file ? { ...sampleProof(), losses: [] } : file === failed.file ? failedProof() : null),
  );
  new TerminalOutput({ stdout, stderr: new Memory(), quiet: false, verbose: false }).table(view);
  return stdout.text.trimEnd().split('\n');
}

for (const columns of [60, 80, 120]) {
  test(`list on a terminal of ${columns} columns: no line is folded, ids are whole, and what matters is there`, () => {
    const lines = listed(columns);
    const text = lines.join('\n');
    for (const line of lines) assert.ok(line.trimEnd().length <= columns, `${line.length}: ${line}`);
    for (const id of ids) assert.ok(text.includes(id), id);
    for (const word of [
      'snapshot',
      'time (UTC)',
      'source',
      'proven',
      'DAMAGED',
      'DRILL',
      'FAILED',
      'not proven',
      'letta',
      '2026-11-21 06:21',
    ])
      assert.ok(text.includes(word), `${word} in\n${text}`);
    assert.match(text, /No room here for: new[.,].*--json has\s+everything\.$/s);
  });
}

test('from 80 columns on a snapshot is one line, and the release is there', () => {
  for (const columns of [80, 120]) {
    const lines = listed(columns);
    assert.match(lines[0] ?? '', /release/);
    for (const id of ids) {
      const at = lines.findIndex((line) => line.startsWith(id));
      assert.match(lines[at + 1] ?? '', /^(?:[0-9a-f]{16} |No room)/, lines.join('\n'));
    }
  }
});

test('a wide terminal, and no terminal, get every column', () => {
  for (const columns of [200, undefined]) {
    const [head = ''] = listed(columns);
    assert.match(head, /^snapshot +time +source +release +revision +agents +rows +size +new +warnings +proven/);
  }
});
