import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { releases, schemaAt } from '../../src/letta/catalogue.ts';
import { quoteIdent, quoteLiteral } from '../../src/schema/model.ts';
import { isSafeCheck, isSafeExpression, isSafeIndexDefinition } from '../../src/schema/safe-expression.ts';
import { isSafeName } from '../../src/schema/safe-name.ts';
import { isSafeType, typeName } from '../../src/schema/safe-type.ts';

describe('isSafeExpression', () => {
  for (const text of [
    'now()',
    'CURRENT_TIMESTAMP',
    "nextval('message_seq_id'::regclass)",
    `nextval('"odd "" seq"'::regclass)`,
    "'[]'::jsonb",
    'true',
    '-1',
    '0.5',
    "'it''s'::character varying(20)",
    "timezone('utc'::text, now())",
    "(now() AT TIME ZONE 'utc'::text)",
    'gen_random_uuid()',
    "(a || ' '::text) || b",
    'lower(("Na me")::text)',
    'pg_catalog.lower(a)',
    "CASE WHEN (a > 0) THEN 'x'::text ELSE NULL::text END",
    "(status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])",
    "E'\\\\d+'::text",
    "a ~ '^\\d+$'::text",
    '(created_at)::timestamp without time zone',
    'COALESCE(a, b, 0)',
    "'1 day'::interval",
    'ARRAY[1, 2, 3]',
    '(tags)[1]',
    'NOT (a AND b)',
    "'2020-01-01 00:00:00+00'::timestamp with time zone",
    'EXTRACT(year FROM created_at)',
    "to_tsvector('english'::regconfig, body)",
    'a IS DISTINCT FROM (b)',
    "'x; drop table agents'::text",
    "'--'::text",
    'B\'101\'::"bit"',
    'x::numeric(10,2)',
    '((embedding <=> other) < 0.5)',
  ]) {
    it(`takes ${text}`, () => assert.ok(isSafeExpression(text)));
  }

  for (const text of [
    '',
    '1; DROP TABLE agents',
    "pg_read_file('/etc/passwd')",
    '(SELECT 1)',
    '(select secret from agents limit 1)',
    'evil()',
    'public.now()',
    '"evil"()',
    'other."now"()',
    'now() -- x',
    'now() /* x */',
    '$$x$$',
    '$1',
    "'open",
    '"open',
    '1, evil integer',
    '(1',
    '1)',
    '(1]',
    "set_config('a', 'b', false)",
    'pg_sleep(10)',
    "lo_import('/x')",
    "dblink('x', 'y')",
    '(TABLE agents)',
    '(VALUES (1))',
    '(WITH x AS (SELECT 1) SELECT 1)',
    'ARRAY(SELECT 1)',
    'a\0b',
    "U&'\\0041'",
    'U&"\\006eow"()',
    "query_to_xml('select 1', true, true, '')",
    'a.pg_catalog.now()',
    "setval('s', 1)",
    '1e5x',
    '\\',
    "'a'::text; --",
    'EXISTS (SELECT 1)',
    'x::y.z.w()',
    'now () , 1',
    "'a'::evil('x')",
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.ok(!isSafeExpression(text)));
  }

  it('reads very long literals and names', () => {
    const long = `${'x'.repeat(500_000)}''""`;
    assert.ok(isSafeExpression(`('${long}' = "${long}")`));
    assert.ok(!isSafeExpression(`'${long}`));
    assert.ok(!isSafeExpression('""'));
  });

  it('sees through any quoting of a literal or a name', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0')),
        (text) => {
          assert.ok(isSafeExpression(`${quoteLiteral(text)}::text`));
          if (text !== '') assert.ok(isSafeExpression(`(${quoteIdent(text)} IS NULL)`));
        },
      ),
    );
  });

  it('never lets a call of an unknown function through, whatever stands around it', () => {
    const piece = fc.constantFrom(
      'now()',
      "'a'",
      '"b"',
      '(',
      ')',
      '[',
      ']',
      ',',
      '::text',
      ' and ',
      '||',
      '1',
      "'",
      '"',
      'e',
      'E',
      '\\',
      '.',
      'pg_catalog',
      '--',
      '/*',
      '*/',
      ';',
      '$',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.array(piece, { maxLength: 8 }), (before, after) => {
        const text = `${before.join('')} evil(${after.join('')}`;
        if (isSafeExpression(text))
          assert.ok(
            outsideQuotes(text).every((part) => !/evil\s*\(/.test(part)),
            text,
          );
      }),
      { numRuns: 5000 },
    );
  });
});

/** What is left of a text when its literals and quoted names are cut out: by another way than the tokenizer's. */
function outsideQuotes(text: string): string[] {
  const parts: string[] = [];
  let part = '';
  for (let at = 0; at < text.length; at++) {
    const quote = text[at];
    if (quote !== "'" && quote !== '"') {
      part += quote;
      continue;
    }
    const escapes = quote === "'" && /(^|[^\w])[eE]$/.test(part);
    for (at++; at < text.length; at++) {
      if (escapes && text[at] === '\\') at++;
      else if (text[at] === quote && text[at + 1] === quote) at++;
      else if (text[at] === quote) break;
    }
    parts.push(part);
    part = '';
  }
  return [...parts, part];
}

describe('isSafeType', () => {
  for (const text of [
    'text',
    'character varying',
    'character varying(255)',
    'vector(4096)',
    'timestamp with time zone',
    'timestamp(3) without time zone',
    'double precision',
    'numeric(10,2)',
    'numeric(5,-2)',
    'integer[]',
    'text[][]',
    'bit varying(3)',
    'interval day to second(3)',
    'interval',
    '"char"',
    'other.mood',
    '"Odd Schema"."Odd ""Type"""',
    'vectordbprovider',
    'geometry(Point,4326)',
    'time with time zone',
  ]) {
    it(`takes ${text}`, () => assert.ok(isSafeType(text)));
  }
  for (const text of [
    '',
    'text DEFAULT evil()',
    'text NOT NULL',
    'text, b integer',
    'text)',
    'a.b.c',
    'text;',
    'text REFERENCES x',
    'vector(evil())',
    'setof text',
    'text COLLATE "C"',
    'text--',
    'integer PRIMARY KEY',
    'timestamp with',
    '(text)',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.ok(!isSafeType(text)));
  }
  it('finds the name of a type', () => {
    assert.deepEqual(typeName('other."Odd ""Type"""[]'), { schema: 'other', name: 'Odd "Type"' });
    assert.deepEqual(typeName('VectorDB(3)'), { schema: null, name: 'vectordb' });
    assert.equal(typeName('not a type'), null);
  });
});

describe('isSafeIndexDefinition, isSafeCheck, isSafeName', () => {
  it('take what PostgreSQL writes', () => {
    for (const text of [
      'USING btree (a, b DESC NULLS LAST)',
      "USING btree (lower((name)::text) text_pattern_ops) INCLUDE (b) WITH (fillfactor='70') WHERE (deleted IS NOT TRUE)",
      "USING hnsw (embedding vector_cosine_ops) WITH (m='16', ef_construction='64')",
      'USING btree (a COLLATE "C") NULLS NOT DISTINCT',
      'USING gin (tags jsonb_path_ops)',
      "USING btree (((data ->> 'x'::text)))",
    ])
      assert.ok(isSafeIndexDefinition(text), text);
    for (const text of ['CHECK ((a > 0))', 'CHECK ((a > 0)) NO INHERIT', "CHECK (((status)::text = ANY (ARRAY['a'::text])))"])
      assert.ok(isSafeCheck(text), text);
    for (const text of ['"C"', 'other."de-x"', 'ucs_basic']) assert.ok(isSafeName(text), text);
  });

  it('refuse the rest', () => {
    for (const text of [
      'USING btree (evil(a))',
      'USING btree (a) WHERE (SELECT true)',
      'USING btree (a), (b)',
      'btree (a)',
      'USING btree (a); DROP TABLE x',
      'USING btree a',
      'USING btree ((WITH x AS (SELECT 1) SELECT 1))',
      'USING btree (a) WHERE (evil())',
    ])
      assert.ok(!isSafeIndexDefinition(text), text);
    for (const text of [
      'CHECK (evil())',
      'CHECK (a) , ADD COLUMN b text',
      'CHECK (a), CHECK (b)',
      'CHECK (',
      'CHECK ()',
      'UNIQUE (a)',
      'CHECK (a) REFERENCES b',
    ])
      assert.ok(!isSafeCheck(text), text);
    for (const text of ['', '"C" NOT NULL', 'a.b.c', 'a b', "'x'", 'x()']) assert.ok(!isSafeName(text), text);
  });
});

describe('the catalogue', () => {
  it('holds only what is safe', () => {
    for (const head of new Set(releases().map((release) => release.head))) {
      for (const table of schemaAt(head).tables) {
        for (const column of table.columns)
          assert.ok(
            isSafeType(column.type) && (column.default === null || isSafeExpression(column.default)),
            `${table.name}.${column.name}`,
          );
        for (const index of table.indexes) assert.ok(isSafeIndexDefinition(index.definition), index.definition);
      }
    }
  });
});
