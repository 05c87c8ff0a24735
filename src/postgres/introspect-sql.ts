/** Condition: a namespace `n` is not one of the server's own. */
export const ofUser = `n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`;

/** Condition: the object is not a member of an extension, which brings its members along itself. */
export const notOfExtension = (catalogue: string, oid: string): string =>
  `NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.${catalogue}'::pg_catalog.regclass AND e.objid = ${oid} AND e.deptype = 'e')`;

/** Condition: a relation `c` in namespace `n` belongs to the user and outlives the session. */
export const userRelation = `${ofUser} AND c.relpersistence <> 't' AND ${notOfExtension('pg_class', 'c.oid')}`;

/**
 * A column that only newer servers have, as text: null on older ones. (PostgreSQL 18 has conperiod and conenforced,
 * 15 has indnullsnotdistinct.)
 */
export const ifKnown = (row: string, column: string): string => `(pg_catalog.to_jsonb(${row}) ->> '${column}')`;

/**
 * Condition: a constraint `con` is something that ConstraintModels cannot say; it is kept as its definition then.
 * WITHOUT OVERLAPS and PERIOD, NOT ENFORCED, NOT NULL … NOT VALID (all PostgreSQL 18), EXCLUDE, INCLUDE, deferrable
 * primary keys, SET NULL (columns), storage options, and foreign keys to partitioned tables.
 */
export const unmodelledConstraint = `coalesce((
  con.contype = 'x'
  OR (con.contype = 'n' AND NOT con.convalidated)
  OR ${ifKnown('con', 'conperiod')} = 'true'
  OR ${ifKnown('con', 'conenforced')} = 'false'
  OR (con.contype = 'p' AND con.condeferrable)
  OR (con.contype = 'f' AND (${ifKnown('con', 'confdelsetcols')} IS NOT NULL
      OR (SELECT r.relkind FROM pg_catalog.pg_class r WHERE r.oid = con.confrelid) = 'p'))
  OR (con.contype IN ('p', 'u') AND EXISTS (
      SELECT FROM pg_catalog.pg_index ci JOIN pg_catalog.pg_class cc ON cc.oid = ci.indexrelid
       WHERE ci.indexrelid = con.conindid AND (ci.indnkeyatts <> ci.indnatts OR cc.reloptions IS NOT NULL)))), false)`;

/** Condition: a foreign key `con` is not one that PostgreSQL made by itself for each partition of the table that it refers to. */
export const notCloned = `NOT EXISTS (SELECT FROM pg_catalog.pg_constraint up WHERE up.oid = con.conparentid AND up.conrelid = con.conrelid)`;

/** Names of columns in the order of an attribute-number array, as a JSON array. */
export const columnNames = (numbers: string, relation: string): string =>
  `(SELECT pg_catalog.json_agg(ka.attname ORDER BY k.at)::text
      FROM pg_catalog.unnest(${numbers}) WITH ORDINALITY AS k(number, at)
      JOIN pg_catalog.pg_attribute ka ON ka.attrelid = ${relation} AND ka.attnum = k.number)`;
