import { createHash } from 'node:crypto';
import { LifeboatError } from '../report/errors.ts';

/** Rows of one table that stand in the database that is about to lose its name, and not in the other one. */
export interface WrittenTable {
  table: string;
  /** What else is wrong with the table as a whole: `extra table`, `missing table`, `missing column`; null: only its rows. */
  reason: string | null;
  /** Rows that are new or changed. */
  written: number;
  /** Rows that were there and are gone. */
  deleted: number;
  /** How many of `written` a server's boot wrote by itself. */
  byBoot: number;
  /** Keys of rows, at most 20. Never a value. */
  examples: string[];
  /** Ids of the agents whose rows these are, where the rows say so. */
  agents: string[];
}

/** What an exchange would put out of service. */
export interface Written {
  /** The same as long as the report is the same: what `--accept-losses` takes. */
  id: string;
  tables: WrittenTable[];
  agents: { id: string; name: string | null }[];
}

/** Whether a table holds more than what a boot wrote. */
export function isLoss({ reason, written, deleted, byBoot }: WrittenTable): boolean {
  return reason !== null || deleted > 0 || written > byBoot;
}

/** Sorted by table; the id is over everything but names of agents. */
export function reportOf(tables: readonly WrittenTable[], names: ReadonlyMap<string, string>): Written {
  const sorted = tables.toSorted((a, b) => (a.table < b.table ? -1 : 1));
  const id = createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 12);
  const agents = [...new Set(sorted.flatMap((table) => table.agents))].sort();
  return { id, tables: sorted, agents: agents.map((agent) => ({ id: agent, name: names.get(agent) ?? null })) };
}

/** How many rows of a report would be lost. */
export function lostRows({ tables }: Written): number {
  return tables.filter(isLoss).reduce((sum, { written, byBoot, deleted }) => sum + written - byBoot + deleted, 0);
}

/** How the rows of a database that loses its name can be had in the other one. */
const remedies = {
  restored: 'Bring them over first: a new backup, the restore again to another name, and switch to that one',
  upgraded: 'Bring them over first: run the upgrade (or a new backup and the restore) again to another name, and switch to that one',
  former: 'They stay in {database}, which is set aside under another name',
} as const;

/**
 * Goes on when nothing would be lost, or when exactly this report was accepted.
 * @param other what the database is that gets the name @throws LifeboatError rows-written
 */
export function refuseLosses(database: string, written: Written, accepted: string | null, other: keyof typeof remedies): void {
  const tables = written.tables.filter(isLoss);
  if (tables.length === 0 || accepted === written.id) return;
  const agents = written.agents.slice(0, 5).map(({ id, name }) => (name === null ? id : `${name} (${id})`));
  throw new LifeboatError('rows-written', {
    database,
    report: written.id,
    rows: lostRows(written),
    tables: tables.map(({ table }) => table),
    agents:
      written.agents.length > agents.length
        ? [...agents, `and ${written.agents.length - agents.length} more`]
        : agents.length > 0
          ? agents
          : ['none that a row names'],
    accepted: accepted ?? 'nothing',
    remedy: remedies[other].replace('{database}', () => database),
  });
}
