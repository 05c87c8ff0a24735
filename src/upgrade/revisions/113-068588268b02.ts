import type { RevisionStep } from '../revision-step.ts';

/**
 * 0.11.7 says where an archive's vectors are. Upstream stamps NATIVE on all, and that is true: below, archival memory
 * was in the database and nowhere else (no vector database is mentioned in 0.11.6's archives; Turbopuffer came with
 * this release). Downwards the label goes; what it said is lost only where it was not NATIVE. Turbopuffer's archives
 * have their passages in the database as well (`archive_manager.py` of 0.16.8 writes both).
 */
export const step: RevisionStep = {
  revision: '068588268b02',
  up: () => ({ constants: { archives: { vector_db_provider: 'NATIVE' } } }),
  down: (state) => ({
    moved: ['archives.vector_db_provider'],
    losses: [
      {
        class: 'dropped',
        table: 'archives',
        column: 'vector_db_provider',
        reason:
          'the archive was searched at Turbopuffer; servers below 0.11.7 search the database, which has the same passages, and no longer write to Turbopuffer',
        sql: `select 'id=' || t.id, null from ${state.rows('archives', ['id', 'vector_db_provider'])} t where t.vector_db_provider <> 'NATIVE'`,
      },
    ],
  }),
};
