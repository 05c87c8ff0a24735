import { revisionInfo, schemaAt } from '../../src/letta/catalogue.ts';
import type { Session } from '../../src/postgres/database.ts';
import { additions, schemaStatements } from '../../src/postgres/ddl.ts';
import { type DatabaseModel, qualified, quoteIdent } from '../../src/schema/model.ts';
import { generate } from './generate.ts';
import { loadWorld, setSequences } from './load-world.ts';
import { embeddingConfig } from './shapes.ts';
import { asCreateAll, handRepaired, wedged, wedgeRevision } from './variations.ts';
import type { World } from './world.ts';

export interface PopulateOptions {
  /** The schema as SQLAlchemy's create_all makes it, not Letta's migrations (letta-server.md §3). */
  createAll?: boolean;
  /** Half of f6cd5a1e519d is done: alembic_version c6c43222e2de, archives.embedding_config there and filled (§1.4). */
  wedge?: boolean;
  /** messages.sequence_id counts by messages_sequence_id_seq, made by hand. */
  handRepaired?: boolean;
}

export interface Populated {
  /** What was built; the vector extension is where the database has it. */
  model: DatabaseModel;
  world: World;
  /** Rows of all tables, `alembic_version` left out. */
  rows: number;
}

/**
 * Builds Letta's schema at a revision in an empty database and fills every table: known situations (`cast/`), then
 * rows of every kind of value. All constraints are created and hold. The same revision gives the same rows every time.
 */
export async function populate(session: Session, home: string, revision: string, options: PopulateOptions = {}): Promise<Populated> {
  const model = schemaFor(revision, options);
  const world = generate(model, revision);
  if (options.wedge) fillConfigurations(world);
  await session.query(`create schema if not exists ${quoteIdent(home)}`);
  await session.query(`create extension if not exists vector with schema ${quoteIdent(home)}`);
  const path = (await session.query('select current_setting($1) as path', ['search_path']))[0]?.path ?? '';
  await session.query(`set search_path to ${quoteIdent(home)}, public`);
  const run = async (statements: readonly string[]) => {
    if (statements.length > 0) await session.query(statements.join(';\n'));
  };
  const ddl = schemaStatements(model, home);
  await run([...ddl.types, ...ddl.sequences, ...ddl.tables]);
  await session.query(`insert into ${qualified(home, null, 'alembic_version')} values ($1)`, [revision]);
  await loadWorld(session, home, world);
  for (const statement of additions(ddl)) await run([statement]);
  await run(ddl.sequenceOwners);
  await setSequences(session, home, world);
  await session.query(`select set_config('search_path', $1, false)`, [path]);
  return { model, world, rows: [...world.rows.values()].reduce((sum, rows) => sum + rows.length, 0) };
}

/** The half of f6cd5a1e519d that was done: the configuration of a live passage, or Letta's own. */
function fillConfigurations(world: World): void {
  for (const archive of world.rowsOf('archives')) {
    const passage = world.rowsOf('archival_passages').find((each) => each.archive_id === archive.id && each.is_deleted === 'f');
    archive.embedding_config = passage?.embedding_config ?? JSON.stringify({ ...embeddingConfig, embedding_model: 'letta-free' });
  }
}

/** The schema that `populate` builds. */
export function schemaFor(revision: string, options: PopulateOptions = {}): DatabaseModel {
  if (revisionInfo(revision) === undefined) throw new RangeError(`no revision ${revision}`);
  if (options.wedge && revision !== wedgeRevision) throw new RangeError(`a wedge is at ${wedgeRevision}, not at ${revision}`);
  let model = schemaAt(revision);
  if (options.wedge) model = wedged(model);
  if (options.createAll) model = asCreateAll(model);
  if (options.handRepaired) model = handRepaired(model);
  return model;
}
