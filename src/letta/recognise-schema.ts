import type { DatabaseModel, TableModel } from '../schema/model.ts';
import { releasesAt, revisionInfo, schemaAt } from './catalogue.ts';

export type SchemaStateCode =
  | 'no revision'
  | 'several revisions'
  | 'unknown revision'
  | 'between releases'
  | 'wedge'
  | 'create_all'
  | 'hand-repaired sequence'
  | 'missing sequence';

/** A way in which a Letta schema is known to be other than its migrations leave it. */
export interface SchemaState {
  state: SchemaStateCode;
  /** What is found: a clause. */
  what: string;
  /** What to do about it: a sentence that a person can follow, as a finding's repair. */
  advice: string;
}

/** Names that SQLAlchemy's create_all gives where Letta's migrations give others (catalogue README, letta-server.md §3). */
const createAllNames: Readonly<Record<string, readonly string[]>> = {
  steps: ['steps_pkey', 'steps_job_id_fkey', 'steps_run_id_fkey', 'steps_provider_id_fkey'],
  messages: ['messages_sequence_id_key', 'messages_step_id_fkey', 'messages_run_id_fkey'],
  archival_passages: ['archival_passages_pkey'],
  blocks_agents: ['blocks_agents_pkey'],
};

/** The known states that a schema is in, given the rows of alembic_version; none for a healthy one. Pure. */
export function recogniseSchema(revisions: readonly string[], model: DatabaseModel): SchemaState[] {
  return [...revisionStates(revisions, model), ...sequenceStates(revisions, model)];
}

function revisionStates(revisions: readonly string[], model: DatabaseModel): SchemaState[] {
  const [revision] = revisions;
  if (revision === undefined) {
    return [
      {
        state: 'no revision',
        what: 'alembic_version is empty',
        advice: 'Compare the tables with Letta’s releases, and insert the revision that they are at into alembic_version.',
      },
    ];
  }
  if (revisions.length > 1) {
    return [
      {
        state: 'several revisions',
        what: `alembic_version holds ${revisions.length} rows: ${revisions.join(', ')}`,
        advice:
          'Delete the rows that the tables are not at. Letta’s chain has one head: the latest of these revisions in it is the usual truth.',
      },
    ];
  }
  if (revisionInfo(revision) === undefined) {
    return [
      {
        state: 'unknown revision',
        what: `${revision} is no revision of Letta 0.6.0 to 0.16.8: a newer release, a fork or a development version wrote this database`,
        advice: 'Take a newer Lifeboat to upgrade it or to look for drift; this one keeps its rows exactly, and restores them so.',
      },
    ];
  }
  if (revision === 'c6c43222e2de' && has(model, 'archives', 'embedding_config')) {
    return [
      {
        state: 'wedge',
        what: 'an upgrade failed after it had committed half of f6cd5a1e519d: archives.embedding_config exists already',
        advice:
          'Remove what stopped the upgrade, then ALTER TABLE archives DROP COLUMN embedding_config and upgrade again; or restore the snapshot from before.',
      },
    ];
  }
  if (releasesAt(revision).length === 0) {
    return [
      {
        state: 'between releases',
        what: `${revision} is a step between two releases: an upgrade was interrupted`,
        advice: 'Start the newer release’s migrations again; if they fail, restore the snapshot from before.',
      },
    ];
  }
  return [];
}

function sequenceStates(revisions: readonly string[], model: DatabaseModel): SchemaState[] {
  const states: SchemaState[] = [];
  const marks = Object.entries(createAllNames).flatMap(([table, names]) =>
    constraintNames(tableOf(model, table)).filter((name) => names.includes(name) && !isExpected(revisions, table, name)),
  );
  if (marks.length > 0) {
    states.push({
      state: 'create_all',
      what: `tables were made by metadata.create_all, not by Letta’s migrations (${marks.join(', ')})`,
      advice: 'Restore a snapshot of it into a schema from the catalogue: rows fit, names become right.',
    });
  }
  const expectsSequence =
    revisions.length === 1 &&
    revisionInfo(revisions[0] ?? '') !== undefined &&
    schemaAt(revisions[0] ?? '').sequences.some(({ name }) => name === 'message_seq_id');
  const column = tableOf(model, 'messages')?.columns.find(({ name }) => name === 'sequence_id');
  if (!expectsSequence || column === undefined) return states;
  const feeding = /^nextval\('(?:"?\w+"?\.)?"?(\w+)"?'::regclass\)$/.exec(column.default ?? '')?.[1];
  if (feeding !== undefined && feeding !== 'message_seq_id') {
    states.push({
      state: 'hand-repaired sequence',
      what: `messages.sequence_id counts by ${feeding}`,
      advice:
        'Letta’s own name is message_seq_id: restore into a schema from the catalogue, or create that sequence beyond max(sequence_id) and make it the default.',
    });
  } else if (feeding === undefined || !model.sequences.some(({ schema, name }) => schema === null && name === 'message_seq_id')) {
    states.push({
      state: 'missing sequence',
      what: 'messages.sequence_id has no sequence message_seq_id behind it',
      advice: 'Create message_seq_id, set it to max(sequence_id) + 1, and make it the default of messages.sequence_id.',
    });
  }
  return states;
}

/** A name is no mark where the migrations give it themselves. */
function isExpected(revisions: readonly string[], table: string, name: string): boolean {
  const [revision] = revisions;
  if (revision === undefined) return false;
  if (revisionInfo(revision) === undefined) return true; // another release may name things as it likes
  return constraintNames(tableOf(schemaAt(revision), table)).includes(name);
}

function constraintNames(table: TableModel | undefined): string[] {
  if (table === undefined) return [];
  return [table.primaryKey, ...table.uniques, ...table.foreignKeys].flatMap((each) => each?.name ?? []);
}

function has(model: DatabaseModel, table: string, column: string): boolean {
  return tableOf(model, table)?.columns.some(({ name }) => name === column) ?? false;
}

function tableOf(model: DatabaseModel, name: string): TableModel | undefined {
  return model.tables.find((table) => table.schema === null && table.name === name);
}
