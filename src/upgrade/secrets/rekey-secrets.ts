import { fourAtATime, openSecret } from '../../letta/open-secret.ts';
import { encryptSecret } from '../../letta/secret.ts';
import type { Reporter } from '../../report/progress.ts';
import { alterValues } from '../alterations.ts';
import type { Built } from '../built.ts';
import type { Loss } from '../loss.ts';
import { secretColumnsOf, secretRows } from './secret-columns.ts';
import { nameOf, type Row, secretLoss } from './secret-report.ts';

export interface RekeyOptions {
  /** The key that the values were encrypted with; null when the server had none and kept them in clear. */
  fromKey: string | null;
  toKey: string;
  reporter: Reporter;
  signal: AbortSignal;
}

export interface RekeyResult {
  columns: {
    table: string;
    column: string;
    /** Decrypted with the old key and encrypted with the new one. */
    rekeyed: number;
    /** Were in clear, and are encrypted with the new key now. */
    encrypted: number;
    /** The new key opened them before. */
    already: number;
    failed: number;
  }[];
  /** Values that neither key opens: left as they are. */
  losses: Loss[];
}

/**
 * Encrypts what is in the ten `_enc` columns anew (letta-server.md §5.5: Letta has no way to change its key). For a
 * restore to the same release and to another one alike; releases before 0.12.0 have nothing to rekey.
 */
export async function rekeySecrets(built: Built, { fromKey, toKey, reporter, signal }: RekeyOptions): Promise<RekeyResult> {
  const result: RekeyResult = { columns: [], losses: [] };
  let done = 0;
  for (const of of await secretColumnsOf(built, () => null)) {
    const counts = { table: of.table, column: of.column, rekeyed: 0, encrypted: 0, already: 0, failed: 0 };
    const failed: Row[] = [];
    const anew: Row[] = [];
    for await (const rows of secretRows(built, of)) {
      const values: { id: string; value: string }[] = [];
      await fourAtATime(rows, async ({ id, agent, enc }) => {
        signal.throwIfAborted();
        if (enc === null) return;
        const opened = await openSecret(enc, fromKey);
        if (opened.text !== null) {
          values.push({ id, value: await encryptSecret(opened.text, toKey) });
          anew.push({ id, agent });
          counts[opened.class === 'decrypts' ? 'rekeyed' : 'encrypted']++;
        } else if ((await openSecret(enc, toKey)).class === 'decrypts') counts.already++;
        else failed.push({ id, agent });
        reporter.progress({ rows: ++done, what: nameOf(of) });
      });
      if (values.length > 0) await alterValues(built, of.table, of.column, values);
    }
    counts.failed = failed.length;
    result.columns.push(counts);
    const byId = (a: Row, b: Row): number => (a.id < b.id ? -1 : 1);
    result.losses.push(
      ...secretLoss('derived', of.table, of.column, anew.sort(byId), 'encrypted with the new key'),
      ...secretLoss(
        'dropped',
        of.table,
        of.column,
        failed.sort(byId),
        'neither the old key nor the new one opens it: it is left as it is, and a server with the new key cannot read it',
      ),
    );
  }
  return result;
}
