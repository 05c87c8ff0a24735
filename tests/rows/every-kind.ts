/** A schema with every kind of value that is hard to carry, and what is needed to read and write its tables. */
export const everyKind = `
  CREATE TYPE mood AS ENUM ('sad', 'ok', 'Größe');
  CREATE TYPE pair AS (a integer, b text);
  CREATE TABLE kinds (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    doubled bigint GENERATED ALWAYS AS (id * 2) STORED,
    flag boolean, small smallint, whole integer, r real, d double precision, n numeric, ns numeric(10,2),
    t text, v character varying(20), c character(5), j json, jb jsonb, bytes bytea, u uuid,
    day date, tm time, tmz time with time zone, ts timestamp, tsz timestamp with time zone, span interval,
    feeling mood, emb vector(3), tags text[], grid integer[][], feelings mood[], compound pair, network inet, range int4range, class regclass);
  INSERT INTO kinds (flag) VALUES (null);
  INSERT INTO kinds (flag, small, whole, r, d, n, ns, t, v, c, j, jb, bytes, u, day, tm, tmz, ts, tsz, span, feeling, emb, tags, grid, feelings, compound, network, range, class)
  VALUES
    (true, -32768, 2147483647, '-0', 'NaN', 'NaN', 12.3, 'Größe 🚣', '', 'ab', '{"a": "\\u0000", "b": "\\ud800", "a":  2}', '{"x": [1, 2.50, null]}', '\\x00ff27',
     '00000000-0000-0000-0000-000000000001', 'infinity', '24:00:00', '23:59:59.999999+14', '-infinity', '294276-12-31 23:59:59.999999+00', '1 mon -3 days 04:05:06.789',
     'Größe', '[1,-0.5,3e-8]', '{"a,b",NULL,"\\"q\\"",""}', '{{1,2},{3,4}}', '{sad,NULL}', '(7,"x,\\"y")', '10.0.0.0/8', '[1,5)', 'pg_class'),
    (false, 0, -1, 'infinity', 5e-324, '-infinity', -0.01, E'line\\nbreak\\t\\\\N', 'NULL', '', 'null', '"s"', '',
     'ffffffff-ffff-ffff-ffff-ffffffffffff', '4713-01-01 BC', '00:00', '00:00-12', '2026-01-17 03:15:00.000001', '2026-01-17 03:15+01', '-178000000 years',
     'sad', '[0,0,0]', '{}', '{}', '{}', '(,)', '::1', 'empty', 'kinds');
  INSERT INTO kinds (n, t) SELECT i * 1e30 / 7, repeat(md5(i::text), i % 60) FROM generate_series(1, 3000) i;
  CREATE TABLE nothing ();
  INSERT INTO nothing DEFAULT VALUES; INSERT INTO nothing DEFAULT VALUES;
  CREATE TABLE keyless (a text, b json, c text[]);
  INSERT INTO keyless VALUES ('b', '{"x" :1}', '{1}'), ('B', null, null), (null, null, null), ('a', '1', '{}'), ('b', '{"x" :1}', '{1}'), ('ä', '2', null);
  CREATE TABLE huge (id text PRIMARY KEY, body text);
  INSERT INTO huge VALUES ('a', 'small'), ('b', repeat(md5('x'), 655360)), ('c', 'small');
  CREATE TABLE empty_one (id integer PRIMARY KEY);
`;
export const kindTables = ['kinds', 'nothing', 'keyless', 'huge', 'empty_one'];
