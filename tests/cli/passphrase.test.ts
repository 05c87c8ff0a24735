import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { passphraseFrom } from '../../src/cli/passphrase.ts';
import { writeNewFile } from '../../src/cli/read-text-file.ts';
import { LifeboatError } from '../../src/report/errors.ts';

describe('passphrases', () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lifeboat-passphrase-'));
  });
  after(() => rm(directory, { recursive: true, force: true }));

  test('from the variable, else the file, else the command: first line, spaces kept', async () => {
    const file = join(directory, 'file');
    await writeFile(file, ' from file \r\nsecond\n');
    const all = {
      LIFEBOAT_PASSPHRASE: 'itself',
      LIFEBOAT_PASSPHRASE_FILE: file,
      LIFEBOAT_PASSPHRASE_COMMAND: "printf 'from command\\nsecond'",
    };
    assert.equal(await passphraseFrom(all), 'itself');
    assert.equal(await passphraseFrom({ ...all, LIFEBOAT_PASSPHRASE: '' }), ' from file ');
    assert.equal(await passphraseFrom({ LIFEBOAT_PASSPHRASE_COMMAND: all.LIFEBOAT_PASSPHRASE_COMMAND }), 'from command');
    assert.equal(await passphraseFrom({}), undefined);
    assert.equal(await passphraseFrom({ LIFEBOAT_NEW_PASSPHRASE: 'new' }, 'LIFEBOAT_NEW_PASSPHRASE'), 'new');
  });

  const fails = (command: string, code: string) =>
    assert.rejects(passphraseFrom({ LIFEBOAT_PASSPHRASE_COMMAND: command }), (error) => {
      assert.ok(error instanceof LifeboatError && error.code === code);
      assert.ok(!`${error.message}${error.why}${error.next}${String(error.cause ?? '')}`.includes('s3cret'));
      return true;
    });
  test('a command that fails or prints nothing is said, without its text or output', async () => {
    await fails('echo s3cret; exit 3', 'passphrase-command-failed');
    await fails('true # s3cret', 'passphrase-command-failed');
  });

  test('a file that cannot be read is named', async () => {
    await assert.rejects(
      passphraseFrom({ LIFEBOAT_PASSPHRASE_FILE: join(directory, 'nowhere') }),
      (error) => error instanceof LifeboatError && error.code === 'file-unreadable',
    );
  });

  test('files with secrets are for their owner, and nothing is overwritten', async () => {
    const file = join(directory, 'kit.txt');
    await writeNewFile(file, 'first');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    await assert.rejects(writeNewFile(file, 'second'), (error) => error instanceof LifeboatError && error.code === 'file-unwritable');
  });
});
