import type { Reporter } from '../report/progress.ts';
import { objectKey } from '../schema/model.ts';
import type { Manifest, TableEntry } from '../vault/manifest.ts';
import type { SchemaObject } from '../vault/schema-object.ts';
import type { Vault } from '../vault/vault.ts';
import { compareContent } from '../verify/compare-content.ts';
import type { SnapshotContent } from './content.ts';
import { setSequences } from './finish.ts';
import { loadTables } from './load-tables.ts';

/** The snapshot exactly as it is. */
export function sameRelease(
  { vault, manifest, schema, tables, home }: { vault: Vault; manifest: Manifest; schema: SchemaObject; tables: TableEntry[]; home: string },
  reporter: Reporter,
  signal: AbortSignal,
): SnapshotContent {
  return {
    model: schema.model,
    load: async (sessions) => {
      await loadTables(sessions, vault, home, tables, reporter, signal);
      return { losses: [], warnings: [] };
    },
    setSequences: (main) => setSequences(main, home, manifest.sequences, schema.identityValues),
    // A backup of a database whose rows contradict its constraints must come back too.
    mayRelax: () => true,
    prove: async (sessions, built, rebuilt) => ({
      comparison: await compareContent({
        sessions,
        vault,
        expected: { tables, model: built },
        actual: { home, model: rebuilt },
        reporter,
        signal,
      }),
      carried: [],
      wrong: [],
      agents: [],
    }),
    telling: async () =>
      tables.map((entry) => ({
        table: objectKey(entry),
        called: objectKey(entry),
        columns: new Map(entry.shape.map(({ name }) => [name, name])),
      })),
  };
}
