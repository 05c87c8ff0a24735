/**
 * What every session sets: how values look as text, so that two servers cannot differ, and no time limits, because a
 * backup or an index may take hours. A setting that this version does not have is passed over.
 *
 * client_encoding follows the database when that is SQL_ASCII: its bytes mean nothing to the server and must pass as
 * they are; any other encoding is converted to UTF-8. Row security may not hide rows: it fails instead.
 */
const settings: Record<string, string> = {
  TimeZone: 'UTC',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  extra_float_digits: '1',
  bytea_output: 'hex',
  lc_monetary: 'C',
  xmlbinary: 'base64',
  quote_all_identifiers: 'off',
  standard_conforming_strings: 'on',
  row_security: 'off',
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  idle_session_timeout: '0',
  transaction_timeout: '0',
  client_min_messages: 'warning',
  jit: 'off',
};

const rows = Object.entries(settings).map(([name, value]) => `('${name}', '${value}')`);

/** One statement that pins them all for the session. */
export const pinSettings = `
  SELECT pg_catalog.set_config(name, value, false)
  FROM (VALUES ${rows.join(', ')},
    ('client_encoding', CASE pg_catalog.current_setting('server_encoding') WHEN 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END)
  ) AS pinned (name, value)
  WHERE pg_catalog.current_setting(name, true) IS NOT NULL`;

/** A server that computes for a client that is gone finds out; not every platform has it. */
export const noticeLostClient = `SET client_connection_check_interval = '2s'`;
