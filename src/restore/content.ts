import type { Session } from '../postgres/database.ts';
import type { Warning } from '../report/progress.ts';
import type { DatabaseModel } from '../schema/model.ts';
import type { AgentComparison } from '../upgrade/compare-agents.ts';
import type { Loss } from '../upgrade/loss.ts';
import type { CarriedTable } from '../upgrade/prove-release.ts';
import type { WrongValue } from '../upgrade/run-checks.ts';
import type { TellingTable } from '../upgrade/telling-tables.ts';
import type { ContentComparison } from '../verify/compare-content.ts';

/** What is put into the new database and how it is proven: the snapshot as it is, or at another release. */
export interface SnapshotContent {
  /** The schema to build, without what only --with-objects brings. */
  model: DatabaseModel;
  /** All rows, before indexes and constraints exist. @returns what did not simply come through */
  load(sessions: readonly Session[]): Promise<{ losses: Loss[]; warnings: Warning[] }>;
  setSequences(main: Session): Promise<void>;
  /** Whether a constraint that rows contradict may be left out or NOT VALID. `table`: objectKey. */
  mayRelax(table: string | null, constraint: string): boolean;
  /** @param rebuilt the new database's schema, read back */
  prove(sessions: readonly Session[], built: DatabaseModel, rebuilt: DatabaseModel): Promise<ContentProof>;
  /** Where a changed value must be named by the comparison, under the changed table's own name and no other. */
  telling(main: Session): Promise<TellingTable[]>;
}

export interface ContentProof {
  comparison: ContentComparison;
  /** What came through unchanged; empty at the same release, where everything does. */
  carried: CarriedTable[];
  /** Computed values that are not what they must be; always empty at the same release. */
  wrong: WrongValue[];
  /** At another release: the agents one by one. */
  agents: AgentComparison[];
}
