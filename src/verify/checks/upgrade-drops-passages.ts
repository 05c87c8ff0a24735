import { upgradeCheck } from '../upgrade-check.ts';

export const upgradeDropsPassages = upgradeCheck({
  code: 'upgrade-drops-passages',
  severity: 'warning',
  looksFor: 'Passages in the one table that held them up to 0.6.4.',
  effect:
    'The migration to 0.6.5 creates two new tables and drops this one without a copy: all archival memory and all chunks of sources are gone (54dec07619c4; letta-server.md §11 row 3).',
  places: [{ revision: '54dec07619c4', table: 'passages', called: ['passage', 'passages'] }],
  what: 'that Letta’s own upgrade to 0.6.5 or later drops',
  why: 'A newer server migrates the database before it starts, and does not copy what is in this table.',
  repair:
    'Start no newer server on this database: lifeboat upgrade builds the newer one beside it, and carries them: into agent_passages and source_passages.',
});
