import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import biome from '../biome.json' with { type: 'json' };

const biomeProgram = join(import.meta.dirname, '../node_modules/.bin/biome');

/** What a room may not import, in a copy of the configuration, so that nothing is planted in the checkout. */
describe('import rules', () => {
  let copy: string;
  before(() => {
    copy = mkdtempSync(join(tmpdir(), 'lifeboat-import-rules-'));
    writeFileSync(join(copy, 'biome.json'), JSON.stringify({ ...biome, vcs: { enabled: false } }));
  });
  after(() => rmSync(copy, { recursive: true, force: true }));

  const lint = (file: string, line: string) => {
    const path = join(copy, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${line}\n`);
    const { status, stdout, stderr } = spawnSync(biomeProgram, ['lint', '--only=style/noRestrictedImports', file], {
      cwd: copy,
      encoding: 'utf8',
    });
    rmSync(path);
    return { passes: status === 0, said: stdout + stderr };
  };

  const forbidden: [string, string][] = [
    ['src/vault/planted.ts', `import '../postgres/database.ts';`],
    ['src/vault/deeper/planted.ts', `import '../../postgres/database.ts';`],
    ['src/vault/planted.ts', `import type { Database } from '../postgres/database.ts';\nexport type D = Database;`],
    ['src/vault/planted.ts', `export * from '../letta/ids.ts';`],
    ['src/letta/planted.ts', `await import('../postgres/database.ts');`],
    ['src/postgres/planted.ts', `import '../rows/shape.ts';`],
    ['src/rows/planted.ts', `import '../vault/vault.ts';`],
    ['src/backup/planted.ts', `import '../restore/restore.ts';`],
    ['src/verify/planted.ts', `import '../restore/restore.ts';`],
    ['src/restore/planted.ts', `import '../backup/backup.ts';`],
    ['src/switch/planted.ts', `import '../restore/restore.ts';`],
    ['src/postgres/planted.ts', `import '../switch/switch.ts';`],
    ['src/upgrade/planted.ts', `import '../restore/restore.ts';`],
    ['src/verify/planted.ts', `import '../upgrade/loss.ts';`],
    ['src/repair/planted.ts', `import '../restore/restore.ts';`],
    ['src/verify/planted.ts', `import '../repair/repair.ts';`],
    ['src/drill/planted.ts', `import '../backup/backup.ts';`],
    ['src/restore/planted.ts', `import '../drill/drill.ts';`],
    ['src/schema/planted.ts', `import '../report/errors.ts';`],
    ['src/report/planted.ts', `import '../schema/model.ts';`],
  ];
  for (const [file, line] of forbidden) {
    test(`${file}: ${line.split('\n')[0]} fails the check`, () => {
      const { passes, said } = lint(file, line);
      assert.equal(passes, false);
      assert.match(said, /src\/\w+ may import .+ \(docs\/architecture\.md: the rooms\)/);
    });
  }

  for (const [file, line] of [
    ['src/vault/planted.ts', `import '../report/errors.ts';`],
    ['src/drill/planted.ts', `import '../vault/vault.ts';`],
    ['src/restore/deeper/planted.ts', `import '../../verify/compare-content.ts';`],
    ['src/switch/planted.ts', `import '../verify/compare-content.ts';`],
    ['src/repair/planted.ts', `import '../verify/change.ts';`],
    ['src/restore/planted.ts', `import '../upgrade/loss.ts';`],
    ['src/cli/planted.ts', `import '../restore/restore.ts';`],
    ['src/letta/planted.ts', `import './cli/names.ts';`],
  ] as const) {
    test(`${file}: ${line} passes it`, () => {
      const { passes, said } = lint(file, line);
      assert.equal(passes, true, said);
    });
  }

  test('every room has its rule', () => {
    const ruled = biome.overrides.flatMap(({ includes }) => includes);
    const rooms = readdirSync(join(import.meta.dirname, '../src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    for (const { name } of rooms.filter(({ name }) => name !== 'cli'))
      assert.ok(ruled.includes(`src/${name}/**`), `src/${name} has no import rule in biome.json`);
  });
});
