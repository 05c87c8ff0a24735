import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseSearchPath, settingStatements } from '../../src/restore/database-settings.ts';

const sql = (settings: Record<string, string>, from: string, to: string) =>
  settingStatements('d', settings, { from, to }).statements.map((each) => each.sql);

describe('database-level settings', () => {
  it('keeps the search_path of the Docker layout', () =>
    assert.deepEqual(sql({ search_path: 'letta' }, 'letta', 'letta'), ['alter database "d" set search_path to "letta"']));

  it('sets a search_path even where the source had none, or the server would boot empty', () =>
    assert.deepEqual(sql({}, 'public', 'letta'), ['alter database "d" set search_path to "letta"']));

  it('drops it when the tables move to public', () => assert.deepEqual(sql({ search_path: 'letta' }, 'letta', 'public'), []));

  it('moves home in a longer list and keeps the rest', () => {
    assert.deepEqual(sql({ search_path: '"$user", letta, extensions' }, 'letta', 'other'), [
      'alter database "d" set search_path to "$user", "other", "extensions"',
    ]);
  });

  it('quotes values and names, and refuses settings that load code', () => {
    const result = settingStatements(
      'd"b',
      { work_mem: "64MB'; drop table x", session_preload_libraries: 'evil', 'bad name': '1' },
      { from: 'public', to: 'public' },
    );
    assert.deepEqual(
      result.statements.map((each) => each.sql),
      [`alter database "d""b" set "work_mem" to '64MB''; drop table x'`],
    );
    assert.deepEqual(result.refused, ['session_preload_libraries', 'bad name']);
  });

  it('reads lists of identifiers as PostgreSQL does', () =>
    assert.deepEqual(parseSearchPath('letta, "$user", "We""ird, one",PUBLIC'), ['letta', '$user', 'We"ird, one', 'public']));
});
