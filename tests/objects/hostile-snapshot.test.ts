import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { findTargetRevision } from '../../src/letta/find-revision.ts';
import type { Manifest, TableEntry } from '../../src/vault/manifest.ts';
import { readSchemaObject, type SchemaObject } from '../../src/vault/schema-object.ts';
import { jsonContent, readTables } from '../../src/vault/table-content.ts';
import type { SnapshotRef } from '../../src/vault/vault.ts';
import { backUp, restoreTo, TestVault } from '../road/road.ts';
import { loadFixture } from '../support/fixtures.ts';
import { type TestDatabase, type TestServer, testServer } from '../support/postgres.ts';

/** What somebody with the writer keys can put into a vault: well-formed, sealed, named and signed, and meant ill. */
interface Forgery {
  manifest: Manifest;
  schema: SchemaObject;
  tables: TableEntry[];
}

const injected = `x"; drop table bystander; --`;
const literal = `x'); drop table bystander; --`;

describe('a snapshot that is signed and hostile', () => {
  let server: TestServer;
  let source: TestDatabase;
  let held: TestVault;
  let honest: Forgery;
  let names = 0;

  before(async () => {
    server = await testServer(16);
    source = await loadFixture(server, 'letta-0.11.3');
    held = await TestVault.create();
    await source.query('create table victim (id int primary key, n int default 1, t text); insert into victim values (1, 1, $$a$$)');
    const { manifest } = await backUp(source.url, held.vault);
    honest = { manifest, schema: await readSchemaObject(held.vault, manifest), tables: await readTables(held.vault, manifest) };
  });
  after(async () => {
    await source.drop();
    await held[Symbol.asyncDispose]();
  });

  async function forge(change: (forgery: Forgery) => void): Promise<SnapshotRef> {
    const forgery = structuredClone(honest);
    change(forgery);
    const schema = await held.vault.putObject(jsonContent('schema', forgery.schema));
    const tables = await held.vault.putObject(jsonContent('tables', forgery.tables));
    const id = (0x1000_0000_0000 + ++names).toString(16).padStart(16, '0');
    return held.vault.commitManifest({ ...forgery.manifest, schema: schema.name, tables: tables.name, id, sequence: 1000 + names });
  }

  /** Restores into an empty database whose bystanders tell whether anything ran. @returns the result, or the error's code. */
  async function restoreForged(
    change: (forgery: Forgery) => void,
    check: (database: TestDatabase) => Promise<void> = async () => {},
    release: string | null = null,
  ) {
    const ref = await forge(change);
    const database = await server.createDatabase({ name: `${source.name}_h${names}` });
    await server.dropDatabase(database.name);
    const roles = await server.query(`select rolname, rolsuper from pg_roles order by 1`);
    const databases = (await server.databases()).filter((name) => name.startsWith(source.name));
    try {
      const result = await restoreTo(database.url, held.vault, ref, {
        release: release === null ? null : findTargetRevision(release),
      }).then(
        (done) => ({ done, code: 'restored', message: '' }),
        (error: Error & { code?: string }) => ({ done: null, code: error.code ?? 'not registered', message: error.message }),
      );
      assert.notEqual(result.code, 'not registered', result.message);
      if (result.done) await check(database);
      assert.deepEqual(await server.query(`select rolname, rolsuper from pg_roles order by 1`), roles);
      assert.deepEqual(
        (await server.databases()).filter((name) => name.startsWith(source.name) && name !== database.name),
        databases,
      );
      return result;
    } finally {
      await server.dropDatabase(database.name);
    }
  }

  const victim = (forgery: Forgery) => forgery.schema.model.tables.find(({ name }) => name === 'victim')!;
  const leftOut = (result: Awaited<ReturnType<typeof restoreForged>>) =>
    result.done?.warnings
      .filter(({ code }) => code === 'definition-left-out')
      .map(({ message }) => message)
      .join('\n') ?? '';

  it('unchanged, restores: the forger’s tools are honest', async () => {
    const result = await restoreForged(() => {});
    assert.equal(result.done?.comparison?.equal, true, result.message);
  });

  it('leaves out defaults that call, select or end anything', async () => {
    const texts = [
      `nextval('message_seq_id'::regclass); drop table agents`,
      `nextval('message_seq_id'::regclass)); drop table agents; --`,
      `pg_read_file('/etc/passwd')::int`,
      `(select 1 from pg_authid limit 1)`,
      `lo_import('/etc/passwd')::int`,
      `1) , extra text default (pg_ls_dir('/')`,
      `pg_catalog.set_config('session_authorization', 'x', false)::int`,
      `1 /* */ + length(query_to_xml('drop table agents', true, true, '')::text)`,
      `dblink_exec('x')::int`,
      `"pg_terminate_backend"(1)::int`,
      `pg_catalog . pg_read_file ( '/etc/passwd' )::int`,
      `U&"\\0070g_read_file"('/etc/passwd')::int`,
      `$q$ $q$); drop table agents; --`,
    ];
    const result = await restoreForged(
      (forgery) => {
        for (const [at, text] of texts.entries())
          victim(forgery).columns.push({
            name: `d${at}`,
            type: 'integer',
            notNull: false,
            default: text,
            identity: null,
            generated: null,
            collation: null,
          });
        // One string, whatever it looks like.
        victim(forgery).columns.push({
          name: 'kept',
          type: 'text',
          notNull: false,
          default: `E'\\'); drop table agents; --'::text`,
          identity: null,
          generated: null,
          collation: null,
        });
      },
      async (database) => {
        assert.equal((await database.query('select 1 from agents limit 1')).length, 1);
        assert.deepEqual(
          await database.query(
            `select column_name from information_schema.columns where table_name = 'victim' and (column_name = 'extra' or column_default is not null) order by 1`,
          ),
          [{ column_name: 'kept' }, { column_name: 'n' }],
        );
      },
    );
    assert.ok(result.done, result.message);
    for (const at of texts.keys()) assert.ok(leftOut(result).includes(`default of d${at} `), texts[at]);
    assert.ok(!leftOut(result).includes('kept'));
  });

  it('leaves out checks, indexes, generation expressions and collations that call or end anything', async () => {
    const result = await restoreForged(
      (forgery) => {
        const table = victim(forgery);
        table.checks.push({ name: 'c1', definition: `CHECK ((pg_read_file('/etc/passwd') <> ''))`, validated: true });
        table.checks.push({ name: 'c2', definition: `CHECK (true); drop table agents`, validated: true });
        table.indexes.push({ name: 'i1', unique: false, method: 'btree', definition: `USING btree (pg_read_file(t))`, valid: true });
        table.indexes.push({ name: 'i2', unique: false, method: 'btree', definition: `USING btree (t); drop table agents`, valid: true });
        table.indexes.push({
          name: 'i3',
          unique: false,
          method: 'btree',
          definition: `USING btree (t) WHERE (select true from agents)`,
          valid: true,
        });
        table.columns[2]!.collation = `"C"; drop table agents`;
      },
      async (database) => {
        assert.equal((await database.query('select 1 from agents limit 1')).length, 1);
      },
    );
    assert.ok(result.done, result.message);
    for (const what of ['check c1', 'check c2', 'index i1', 'index i2', 'index i3', 'collation of t'])
      assert.ok(leftOut(result).includes(what), what);
  });

  it('refuses types that are more than types', async () => {
    for (const type of [
      'int); drop table agents; --',
      'int default pg_read_file(1)',
      'text collate "C" check (true)',
      'int generated always as identity',
      '"x"(pg_sleep(1))',
      '',
    ]) {
      const result = await restoreForged((forgery) => {
        victim(forgery).columns[1]!.type = type;
      });
      assert.equal(result.code, 'objects-needed', `${type}: ${result.code} ${result.message}`);
    }
  });

  it('refuses such types on the way to another release too, where Letta’s own tables are staged with the snapshot’s types', async () => {
    const hostile = 'text); drop table organizations; create table dummy (x text';
    const agents = ({ schema, tables }: Forgery) =>
      [schema.model.tables.find(({ name }) => name === 'agents')!.columns, tables.find(({ name }) => name === 'agents')!.shape].map(
        (columns) => columns.find(({ name }) => name === 'description')!,
      );
    for (const place of [0, 1]) {
      const change = (forgery: Forgery) => Object.assign(agents(forgery)[place]!, { type: hostile });
      assert.equal((await restoreForged(change, undefined, '0.16.8')).code, 'objects-needed');
    }
    const honestly = await restoreForged(() => {}, undefined, '0.16.8');
    assert.equal(honestly.done?.comparison?.equal, true, honestly.message);
  });

  it('quotes names, enum labels, roles and settings', async () => {
    const result = await restoreForged(
      (forgery) => {
        const model = forgery.schema.model;
        model.enums.push({ schema: null, name: injected, labels: [literal, `back\\'slash`] });
        model.sequences.push({
          schema: null,
          name: `${injected}2`,
          type: 'bigint',
          start: '1',
          increment: '1',
          min: '1',
          max: '9',
          cache: '1',
          cycle: false,
          ownedBy: null,
        });
        model.schemas.push(injected);
        model.tables.push({
          schema: injected,
          name: literal,
          columns: [{ name: injected, type: 'integer', notNull: true, default: null, identity: null, generated: null, collation: null }],
          primaryKey: { name: `${literal}pk`, columns: [injected] },
          uniques: [],
          foreignKeys: [],
          checks: [],
          indexes: [{ name: injected, unique: false, method: 'btree', definition: 'USING btree (victim)', valid: true }],
        });
        model.tables.at(-1)!.indexes = [];
        forgery.tables.push({
          schema: injected,
          name: literal,
          shape: [{ name: injected, type: 'integer', as: 'binary' }],
          key: [0],
          rows: 0,
          bytes: 0,
          content: { kind: 'empty' },
        });
        forgery.manifest.sequences.push({ schema: null, name: `${injected}2`, lastValue: '3', isCalled: true });
        forgery.schema.grants.push({
          kind: 'table',
          schema: null,
          name: 'victim',
          owner: injected,
          acl: [{ grantee: literal, privileges: ['SELECT', 'DROP TABLE AGENTS'], grantable: [] }],
        });
        forgery.manifest.source.settings = {
          work_mem: `1MB'; drop table agents; --`,
          'my.setting': literal,
          'bad name; drop': 'x',
          session_preload_libraries: 'evil',
          local_preload_libraries: 'evil',
          'plperl.on_init': 'system("id")',
          'plperl.on_plperlu_init': 'x',
          'pltcl.start_proc': 'x',
          dynamic_library_path: '/tmp',
        };
      },
      async (database) => {
        assert.equal((await database.query('select 1 from agents limit 1')).length, 1);
        const settings = JSON.stringify(
          await database.query(
            'select setconfig from pg_db_role_setting s join pg_database d on d.oid = setdatabase where datname = current_database()',
          ),
        );
        assert.ok(!/preload|plperl|start_proc|dynamic_library|work_mem/.test(settings), settings);
        assert.ok(settings.includes('my.setting'), settings);
      },
    );
    assert.ok(result.done, result.message);
    assert.deepEqual([result.done?.comparison?.equal, result.done?.drift], [true, []]);
    assert.equal(result.done?.warnings.filter(({ code }) => code === 'setting-refused').length, 7);
  });

  it('gives no rights on what is not the snapshot’s own: no passwords to read, no schema to plant functions in', async () => {
    const result = await restoreForged(
      (forgery) => {
        const everybody = (privileges: string[]) => [{ grantee: '', privileges, grantable: [] }];
        forgery.schema.grants.push(
          { kind: 'table', schema: 'pg_catalog', name: 'pg_authid', owner: 'nobody-here', acl: everybody(['SELECT', 'UPDATE']) },
          { kind: 'schema', schema: 'pg_catalog', name: '', owner: 'nobody-here', acl: everybody(['CREATE']) },
          { kind: 'column', schema: 'pg_catalog', name: '"pg_authid"."rolpassword"', owner: 'nobody-here', acl: everybody(['SELECT']) },
          { kind: 'schema', schema: 'information_schema', name: '', owner: 'postgres', acl: everybody(['CREATE']) },
        );
      },
      async (database) => {
        const [may] = await database.query(
          `select has_table_privilege('public', 'pg_authid', 'select') as a, has_schema_privilege('public', 'pg_catalog', 'create') as b, has_column_privilege('public', 'pg_authid', 'rolpassword', 'select') as c, has_schema_privilege('public', 'information_schema', 'create') as d`,
        );
        assert.deepEqual(may, { a: false, b: false, c: false, d: false });
      },
    );
    assert.ok(result.done, result.message);
    assert.ok(result.done?.warnings.some(({ code, message }) => code === 'grant-refused' && message.includes('4 object(s)')));
  });

  for (const [what, change] of Object.entries<(forgery: Forgery) => void>({
    'home is pg_catalog': (forgery) => {
      forgery.manifest.source.home = 'pg_catalog';
    },
    'home is information_schema': (forgery) => {
      forgery.manifest.source.home = 'information_schema';
    },
    'a table stands in pg_catalog': (forgery) => {
      victim(forgery).schema = 'pg_catalog';
    },
    'rows go to a table that the schema does not have': (forgery) => {
      forgery.tables.find(({ name }) => name === 'victim')!.schema = 'information_schema';
      forgery.tables.find(({ name }) => name === 'victim')!.name = 'sql_features';
    },
    'rows go to one table twice': (forgery) => {
      forgery.tables.push(forgery.tables.find(({ name }) => name === 'victim')!);
    },
    'values go to a column that the schema does not have': (forgery) => {
      forgery.tables.find(({ name }) => name === 'victim')!.shape[1]!.name = injected;
    },
    'a key is beyond the columns': (forgery) => {
      forgery.tables.find(({ name }) => name === 'victim')!.key = [1e9];
    },
    'a table’s part is beyond its bundle': (forgery) => {
      const { content } = forgery.tables.find(({ name }) => name === 'victim')!;
      assert.ok(content.kind === 'bundle');
      content.offset = Number.MAX_SAFE_INTEGER;
    },
    'a name with a path': (forgery) => {
      const { content } = forgery.tables.find(({ name }) => name === 'victim')!;
      assert.ok(content.kind === 'bundle');
      content.object = '../../../../etc/passwd';
    },
    'a sequence without a table of its kind': (forgery) => {
      forgery.schema.model.sequences[0]!.start = '1; drop table agents' as string;
    },
  })) {
    it(`is refused before anything is made when ${what}`, async () => {
      const result = await restoreForged(change);
      assert.ok(['snapshot-damaged', 'object-missing'].includes(result.code), `${result.code}: ${result.message}`);
    });
  }

  it('huge counts cost nothing and prove nothing', async () => {
    const before = process.memoryUsage().rss;
    const result = await restoreForged((forgery) => {
      const table = forgery.tables.find(({ name }) => name === 'victim')!;
      table.rows = Number.MAX_SAFE_INTEGER;
      table.bytes = Number.MAX_SAFE_INTEGER;
      assert.ok(table.content.kind === 'bundle');
      table.content.segment.rows = Number.MAX_SAFE_INTEGER;
      table.content.segment.bytes = Number.MAX_SAFE_INTEGER;
    });
    assert.equal(result.code, 'snapshot-damaged', result.message);
    assert.ok(process.memoryUsage().rss - before < 200e6);
  });
});
