import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { releases, schemaAt } from '../../src/letta/catalogue.ts';
import type { Session } from '../../src/postgres/database.ts';
import { inOrder, schemaStatements } from '../../src/postgres/ddl.ts';
import { introspect } from '../../src/postgres/introspect.ts';
import { LifeboatError } from '../../src/report/errors.ts';
import { compareSchemas } from '../../src/schema/compare.ts';
import { type DatabaseModel, quoteIdent, type TableModel } from '../../src/schema/model.ts';
import { places, runAll } from '../schema/places.ts';

const heads = [...new Set(releases().map(({ head }) => head))];

/** Builds a model in a new schema `home` of the database. */
async function build(session: Session, home: string, model: DatabaseModel): Promise<void> {
  for (const schema of [home, ...model.schemas]) await session.query(`CREATE SCHEMA ${quoteIdent(schema)}`);
  await session.query(`SET search_path TO ${quoteIdent(home)}, public`);
  await runAll(session, inOrder(schemaStatements(model, home)));
}

const everywhere = await places();

describe('schemaStatements', () => {
  for (const [at, place] of everywhere.entries()) {
    // All of them where Letta itself runs; elsewhere every ninth and the last, a different row on each server.
    const some = at === 0 ? heads : heads.filter((head, position) => position % 9 === at || head === heads.at(-1));
    it(`builds the schemas of ${some.length} releases, and they read back the same (${place.label})`, async () => {
      await place.inDatabase(async (session) => {
        for (const head of some) {
          const home = `Home of "${head}"`;
          const expected = schemaAt(head);
          await build(session, home, expected);
          const actual = await introspect(session, home);
          assert.deepEqual(compareSchemas(expected, actual), [], head);
          assert.deepEqual({ ...actual, extensions: [] }, { ...expected, extensions: [] });
          await session.query(`DROP SCHEMA ${quoteIdent(home)} CASCADE`);
        }
      });
    });
  }

  it('leaves out what would run code, and says so', () => {
    const model = schemaAt('1c28e167b74f');
    const agents = model.tables.find(({ name }) => name === 'agents') as TableModel;
    Object.assign(agents.columns[0] as object, { default: "evil('x')" });
    agents.columns.push({
      name: 'sum',
      type: 'integer',
      notNull: true,
      default: null,
      identity: null,
      generated: 'evil(1)',
      collation: null,
    });
    agents.checks.push({ name: 'c', definition: 'CHECK (evil())', validated: true });
    agents.indexes.push({ name: 'i', unique: false, method: 'btree', definition: 'USING btree (evil(name))', valid: true });
    agents.indexes.push({ name: 'half', unique: true, method: 'btree', definition: 'USING btree (name)', valid: false });
    model.others.push({ kind: 'function', schema: null, name: 'evil()', definition: 'CREATE FUNCTION evil()', phase: 'pre' });
    model.sequences.push({
      schema: null,
      name: 's',
      type: 'bigint',
      start: '1; DROP',
      increment: '1',
      min: '1',
      max: '9',
      cache: '1',
      cycle: false,
      ownedBy: null,
    });
    const { leftOut, built, preObjects, ...statements } = schemaStatements(model, 'public');
    assert.deepEqual(leftOut.map(({ object, what }) => `${object}: ${what}`).sort(), [
      'agents: check c',
      `agents: default of ${agents.columns[0]?.name}`,
      'agents: generation of sum',
      'agents: index i',
      'agents: invalid unique index half',
      's: sequence',
    ]);
    assert.deepEqual(preObjects, []);
    assert.ok(!JSON.stringify(statements).includes('evil'));
    assert.ok(!JSON.stringify(built).includes('evil'));
    assert.ok(JSON.stringify(schemaStatements(model, 'public', { withObjects: true })).includes("DEFAULT (evil('x'))"));
  });

  it('refuses tables whose column types are stored definitions, unless those may run', () => {
    const model = schemaAt('1c28e167b74f');
    model.others.push({ kind: 'domain', schema: null, name: 'email', definition: 'CREATE DOMAIN email AS text', phase: 'pre' });
    (model.tables[0] as TableModel).columns.push({
      name: 'mail',
      type: 'email[]',
      notNull: false,
      default: null,
      identity: null,
      generated: null,
      collation: null,
    });
    assert.throws(
      () => schemaStatements(model, 'public'),
      (error) => error instanceof LifeboatError && error.code === 'objects-needed',
    );
    assert.deepEqual(schemaStatements(model, 'public', { withObjects: true }).preObjects, ['CREATE DOMAIN email AS text']);
  });

  it('refuses a type that is no type, whatever may run', () => {
    const model = schemaAt('1c28e167b74f');
    Object.assign((model.tables[0] as TableModel).columns[0] as object, { type: 'text; DROP TABLE x' });
    assert.throws(() => schemaStatements(model, 'public', { withObjects: true }), LifeboatError);
  });

  it('quotes every name', () => {
    const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(name, name, name, name, (home, table, column, label) => {
        const model: DatabaseModel = {
          schemas: [],
          extensions: [],
          others: [],
          sequences: [],
          enums: [{ schema: null, name: table, labels: [label] }],
          tables: [
            {
              schema: null,
              name: table,
              primaryKey: { name: column, columns: [column] },
              uniques: [],
              checks: [],
              columns: [{ name: column, type: 'text', notNull: true, default: null, identity: null, generated: null, collation: null }],
              foreignKeys: [
                {
                  name: table,
                  columns: [column],
                  refSchema: null,
                  refTable: table,
                  refColumns: [column],
                  onDelete: 'CASCADE',
                  onUpdate: 'NO ACTION',
                  match: 'SIMPLE',
                  deferrable: false,
                  initiallyDeferred: false,
                  validated: true,
                },
              ],
              indexes: [{ name: table, unique: false, method: 'btree', definition: 'USING btree (a)', valid: true }],
            },
          ],
        };
        for (const statement of inOrder(schemaStatements(model, home))) {
          // With its quoted names and literals taken out, only the words of the statement are left.
          const words = statement.replace(/E'(?:[^'\\]|''|\\[\s\S])*'|'(?:[^']|'')*'|"(?:[^"]|"")*"/g, '');
          assert.match(words, /^[A-Za-z \n(),.]*$/, statement);
        }
      }),
    );
  });
});
