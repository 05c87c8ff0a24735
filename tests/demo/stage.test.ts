import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { suite, test } from 'node:test';
import { fitted } from '../../scripts/demo/fitted.ts';
import { must, type Stage, tell } from '../../scripts/demo/stage.ts';

suite('how the demo ends', () => {
  /** Runs a story and tells where it played. */
  async function play(story: (stage: Stage) => Promise<void>): Promise<{ exit: 0 | 1; directory: string }> {
    let directory = '';
    const exit = await tell(async (stage) => {
      directory = stage.directory;
      assert.ok(existsSync(directory));
      await story(stage);
    });
    return { exit, directory };
  }

  test('0 when all is so, and nothing is left', async () => {
    const { exit, directory } = await play(async () => must(true, 'never said'));
    assert.equal(exit, 0);
    assert.ok(!existsSync(directory));
  });

  test('1 when something is not so, and nothing is left', async () => {
    const { exit, directory } = await play(async () => must(false, 'as it has to be'));
    assert.equal(exit, 1);
    assert.ok(!existsSync(directory));
  });

  test('1 when the program ends with another exit code than is told', async () => {
    assert.equal((await play(async (stage) => void (await stage.lifeboat(0, 'list --vault nowhere')))).exit, 1);
    assert.equal((await play(async (stage) => void (await stage.lifeboat(10, 'list --vault nowhere')))).exit, 0);
  });

  test('a defect of the demo itself is no end', async () => {
    await assert.rejects(
      play(async () => {
        throw new TypeError('a defect');
      }),
      TypeError,
    );
  });
});

suite('what the demo shows of an output', () => {
  test('paths in its directory are shortened, and hints left out', () => {
    assert.deepEqual(fitted('in /tmp/x/vault\n\nNext:\n  lifeboat list\n', '/tmp/x'), ['in vault']);
    assert.deepEqual(fitted('Next: is a word\n', '/tmp/x'), ['Next: is a word']);
  });

  test('of many rows alike it shows two and counts the others', () => {
    const row = (name: string) => `${name}  agent-00000000-0000-4000-8000-000000000000  13  there`;
    const lost = row('c').replace('there', 'not there');
    assert.deepEqual(fitted([row('a'), row('b'), row('c'), row('d'), 'end'].join('\n'), '/x'), [row('a'), row('b'), '… (2 more)', 'end']);
    assert.deepEqual(fitted([row('a'), row('b'), lost, row('d')].join('\n'), '/x'), [row('a'), row('b'), lost, row('d')]);
  });

  test('of findings that are no errors it shows the first, and every error', () => {
    const finding = (severity: string, code: string) => [`${severity}  ${code}  agents.name`, '    1 agent', '    Rows: agent-1'];
    const lines = (...findings: string[][]) => [...findings.flat(), '', 'end'];
    const [one, two, three] = [finding('warning', 'one'), finding('warning', 'two'), finding('note', 'three')];
    assert.deepEqual(fitted(lines(one, two, three).join('\n'), '/x'), lines(one, ['… (2 more)']));
    const errors = [finding('error', 'two'), finding('error', 'three')];
    assert.deepEqual(fitted(lines(...errors, one, two).join('\n'), '/x'), lines(...errors, one, ['… (1 more)']));
    assert.deepEqual(fitted(lines(one, ...errors, two).join('\n'), '/x'), lines(one, ...errors, two));
  });

  test('a long line is folded between words, and none of them is lost', () => {
    const long = `  7. ${'prove everything '.repeat(20).trim()}`;
    const lines = fitted(`title\n${long}`, '/x').slice(1);
    assert.ok(lines.length > 2 && lines.every((line) => line.length <= 108));
    assert.equal(lines.map((line) => line.trim()).join(' '), long.trim());
  });
});
