import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import * as v from 'valibot';
import { checkDrillReportName, writeDrillReport } from '../../../src/cli/write-drill-report.ts';
import { proofSchema } from '../../../src/drill/proof-schema.ts';
import { drillMarkdown } from '../../../src/drill/report/drill-markdown.ts';
import { html, lines } from '../../../src/drill/report/html.ts';
import { drillPage } from '../../../src/drill/report/page.ts';
import { LifeboatError } from '../../../src/report/errors.ts';
import { failedProof, sampleProof } from '../proofs.ts';
import { hostileProof, hostileTexts } from './hostile.ts';

const { release: own, revision } = sampleProof().source;
const release = { release: own, revision };

test('what is put into HTML is escaped, and what is HTML already is not escaped again', () => {
  assert.equal(html`<b>${'<i>&"\''}</b>${null}${[html`<hr>`, 1]}`.source, '<b>&lt;i&gt;&amp;&quot;&#39;</b><hr>1');
  assert.equal(html`<pre>${lines('a\r\n<b>\u202e\n\u0007')}</pre>`.source, '<pre>a\n&lt;b&gt;\ufffd\n\ufffd</pre>');
});

test('the page: the verdict first, then everything that the drill saw', () => {
  const page = drillPage([sampleProof()]);
  assert.match(page, /<h1>✓ Proven: letta comes back at Letta 0\.16\.8<\/h1>/);
  for (const word of [
    '8.8 s',
    '18 of 18',
    '0.16.2 → 0.16.8',
    'research_assistant',
    'file-stuck',
    'UPDATE files SET',
    'mcp_server',
    sampleProof().id,
    '9d41'.repeat(16),
  ])
    assert.ok(page.includes(word), word);
  assert.ok(page.indexOf('<h1>') < page.indexOf('Where the time went'));
  assert.match(
    drillPage([failedProof()]),
    /✗ Failed: letta did not come back as it was[\s\S]*2 of 42 tables[\s\S]*What came back different/,
  );
  const unfinished = failedProof({ failure: { code: 'drill-control', message: 'It was not caught.' }, equality: null });
  assert.match(drillPage([unfinished]), /✗ Not finished: the drill of letta says nothing about the snapshot[\s\S]*could not be finished/);
  assert.match(drillPage([sampleProof(), unfinished]), /<h1>2 restore drills, 1 not proven<\/h1>[\s\S]*<span class="no">not finished/);
  assert.match(drillMarkdown([unfinished]), /^# Not finished: restore of letta\n\nThe drill of .* could not be finished/);
  assert.match(drillPage([sampleProof(), failedProof()]), /<h1>2 restore drills, 1 not proven<\/h1>[\s\S]*href="#proof-07c1d3a9b25e6f48"/);
});

test('only at its own release a database is as in the snapshot; at another one the losses stand beside the agents', () => {
  const [up, same] = [sampleProof(), sampleProof({ target: { ...sampleProof().target, ...release }, losses: [] })];
  const lossy = sampleProof({ losses: [...up.losses, { class: 'dropped', table: 'runs', column: 'a', rows: 3, reason: 'r' }] });
  assert.match(
    drillPage([same]),
    /<h1>✓ Proven: letta comes back<\/h1>[\s\S]*agents whole: every row as in the snapshot[\s\S]*✓ whole: as in the snapshot/,
  );
  assert.match(drillMarkdown([same]), /18 of 18 are as in the snapshot/);
  for (const [proof, losses] of [
    [up, '2 set aside'],
    [lossy, '3 dropped, 2 set aside'],
  ] as const) {
    const [page, markdown] = [drillPage([proof]), drillMarkdown([proof])];
    assert.ok(page.includes(`agents are there, with id, name and all messages; losses: ${losses}`));
    assert.ok(page.includes('<p class="soft">✓ there, with id, name and all messages</p>'));
    assert.ok(!page.includes('every row as in the snapshot') && !markdown.includes('are as in the snapshot'));
    assert.ok(markdown.includes(`**losses**: ${losses}`) || markdown.includes(`losses: ${losses}`), markdown.slice(0, 900));
  }
  assert.match(drillPage([lossy]), /comes back at Letta 0\.16\.8, with losses<\/h1>/);
});

test('a snapshot that could not be drilled is in every report, and makes it a failed one', () => {
  const undrilled = [{ snapshot: 'ffff000011112222', message: 'The manifest is <damaged>.' }];
  const page = drillPage([sampleProof()], undrilled);
  assert.match(
    page,
    /verdict failed"><h1>2 restore drills, 1 not proven<\/h1>[\s\S]*ffff000011112222[\s\S]*&lt;damaged&gt;[\s\S]*not drilled/,
  );
  assert.match(drillPage([], undrilled), /<h1>1 restore drill, 1 not proven<\/h1>/);
  assert.match(
    drillMarkdown([sampleProof()], undrilled),
    /could not be drilled\n\n\* `ffff000011112222`: The manifest is \\<damaged\\>\.\n\n# Proven/,
  );
});

test('no hostile text of a database makes an element, an attribute or an entity of its own', () => {
  const page = drillPage([hostileProof()]);
  // Every tag that is there is one that the page makes itself, with attributes in its own words.
  const tags = new Set([...page.matchAll(/<\/?([a-zA-Z!][\w-]*)/g)].map(([, tag]) => tag?.toLowerCase()));
  for (const tag of ['script', 'img', 'iframe', 'svg']) assert.ok(!tags.has(tag), tag);
  assert.ok(![...page.matchAll(/<[^>]*\son\w+=/g)].length);
  assert.ok(
    ![...page.matchAll(/\b(?:src|href)="?(?!#proof-[0-9a-f]{16}")/g)].some(
      ({ index }) => page.lastIndexOf('<', index) > page.lastIndexOf('>', index),
    ),
  );
  assert.ok(!/[\u202a-\u202e\u2066-\u2069]|(?!\n)\p{Cc}/u.test(page));
  assert.equal(page.match(/<style>/g)?.length, 1);
});

test('no hostile text ends a cell, a code span or a block of the Markdown, or becomes a link or an image', () => {
  const text = drillMarkdown([hostileProof()]);
  const cells = (line: string) => line.replaceAll('\\|', '').split('|').length;
  const tables = text.split('\n\n').filter((block) => /^\|/.test(block));
  assert.ok(tables.length >= 6);
  for (const table of tables) {
    const [head = '', ...rows] = table.split('\n');
    for (const row of rows) assert.equal(cells(row), cells(head), row);
  }
  assert.ok(!/\u202e|(?!\n)\p{Cc}/u.test(text));
  // Outside of code, what would begin a tag or a link is marked as text.
  const outside = text.replace(/(`{3,})sql\n[\s\S]*?\n\1\n/g, '').replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, '');
  assert.ok(!/(?<!\\)<\w/.test(outside), /(?<!\\)<\w.*/.exec(outside)?.[0]);
  assert.ok(!/(?<!\\)\]\(/.test(outside));
});

test('a report is written by how its name ends, once, for its owner only', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'lifeboat-report-'));
  try {
    for (const [ending, beginning] of [
      ['md', '# Proven'],
      ['html', '<!doctype html>'],
      ['json', '{'],
    ] as const) {
      const file = join(directory, `report.${ending}`);
      await checkDrillReportName(file);
      await writeDrillReport(file, [sampleProof()]);
      assert.ok((await readFile(file, 'utf8')).startsWith(beginning));
      assert.equal((await stat(file)).mode & 0o777, 0o600);
      await assert.rejects(writeDrillReport(file, []), (error: LifeboatError) => error.code === 'file-unwritable');
    }
    const { proofs } = JSON.parse(await readFile(join(directory, 'report.json'), 'utf8')) as { proofs: unknown[] };
    assert.deepEqual(v.parse(proofSchema, proofs[0]), sampleProof());
    // What looks like a secret is taken out, and what is left is JSON.
    const named = { ...sampleProof(), source: { ...sampleProof().source, database: 'password=a"b' } };
    await writeDrillReport(join(directory, 'named.json'), [named]);
    const [told] = (JSON.parse(await readFile(join(directory, 'named.json'), 'utf8')) as { proofs: (typeof named)[] }).proofs;
    assert.equal(told?.source.database, 'password=…"b');
    await writeFile(join(directory, 'there.md'), 'mine');
    for (const [name, code] of [
      ['there.md', 'file-unwritable'],
      ['report.pdf', 'usage'],
    ] as const)
      await assert.rejects(
        checkDrillReportName(join(directory, name)),
        (error: LifeboatError) => error instanceof LifeboatError && error.code === code,
      );
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

test('hostile proofs are of the form: what is shown is what a vault can hold', () => {
  assert.ok(v.is(proofSchema, hostileProof()));
  assert.ok(hostileTexts.length > 10);
});
