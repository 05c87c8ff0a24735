import assert from 'node:assert/strict';
import { cpSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { type Drilled, proveRehearsed, readDrill } from '../../scripts/demo/rehearse.ts';
import { temporary } from '../../scripts/demo/run-lifeboat.ts';
import { Stage, Untrue } from '../../scripts/demo/stage.ts';
import { drillRoot } from '../../src/drill/drill-directory.ts';

/** A change to what the drill left in the vault or beside it, and what the demo has to say about it. */
const unproven: { what: string; change: (stage: Stage, record: string) => void; says: RegExp }[] = [
  {
    what: 'a directory that is left',
    change: (stage) => writeFileSync(stage.at(`${temporary}/left`), ''),
    says: /^the drill left behind: left$/,
  },
  {
    what: 'a record that is not kept',
    change: (_, record) => rmSync(record),
    says: /^the record of the drill is not in the vault$/,
  },
  {
    what: 'a record that cannot be read',
    change: (_, record) => writeFileSync(record, 'nothing'),
    says: /^status calls the database never$/,
  },
];

/** What the demo says of its drill: it holds for a run that was kept, and for nothing else. */
export function proofOfDrill(run: () => { kept: string; stdout: string }): void {
  suite('its proof of the drill', () => {
    const had = { agents: 18, tables: 40, rows: 866 };
    let drilled: Drilled;

    before(() => (drilled = readDrill(run().stdout, had)));

    /** What the demo claims of the vault that it kept, after a change to a copy. */
    async function prove(change: (stage: Stage, record: string) => void, claimed = drilled): Promise<void> {
      const stage = new Stage();
      try {
        for (const name of ['vault', 'identity.txt']) cpSync(join(run().kept, name), stage.at(name), { recursive: true });
        const [record] = readdirSync(stage.at('vault/proofs'));
        change(stage, stage.at(`vault/proofs/${record}`));
        await proveRehearsed(stage, claimed);
      } finally {
        rmSync(stage.directory, { recursive: true });
      }
    }

    test('holds for the vault that it kept', () => prove(() => {}));

    for (const { what, change, says } of unproven)
      test(`sees ${what}`, async () => {
        await assert.rejects(prove(change), (error) => error instanceof Untrue && says.test(error.message));
      });

    test('does not hold for a snapshot that was not drilled', async () => {
      const later = /^pglite:letta_0_16_2 holds snapshot (\w+) /m.exec(run().stdout)?.[1];
      assert.ok(later !== undefined && later !== drilled.snapshot);
      await assert.rejects(
        prove(() => {}, { ...drilled, snapshot: later }),
        /^Error: status calls the database never$/,
      );
    });

    test('does not hold for what was not in the database', () => {
      assert.throws(() => readDrill(run().stdout, { ...had, rows: 867 }), /^Error: the drill did not compare what was in the database$/);
      assert.throws(() => readDrill(run().stdout, { ...had, agents: 17 }), /^Error: the drill did not see every agent$/);
      const failed = run().stdout.replace(/^(Snapshot \w+ is) proven: restored/m, '$1 NOT proven: restored');
      assert.throws(() => readDrill(failed, had), /^Error: the drill did not prove the snapshot$/);
    });

    test('looks where a drill makes its directories', () => {
      const usual = process.env.TMPDIR;
      process.env.TMPDIR = join(run().kept, temporary);
      try {
        assert.equal(drillRoot(), realpathSync(join(run().kept, temporary)));
      } finally {
        if (usual === undefined) delete process.env.TMPDIR;
        else process.env.TMPDIR = usual;
      }
    });
  });
}
