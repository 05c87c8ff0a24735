import { fourAtATime, openSecret } from '../../letta/open-secret.ts';
import { encryptSecret } from '../../letta/secret.ts';
import { readsLookalikesWithoutKey, secretReading, truthOfSecrets } from '../../letta/secret-rules.ts';
import { servingRelease } from '../../letta/serving-release.ts';
import type { Reporter } from '../../report/progress.ts';
import { quoteLiteral } from '../../schema/model.ts';
import { alterValues } from '../alterations.ts';
import type { Built } from '../built.ts';
import type { Loss } from '../loss.ts';
import { setAside } from '../set-aside.ts';
import { type CarryRules, decide, type Fate } from './decide.ts';
import { type SecretColumn, secretColumnsOf, secretRows } from './secret-columns.ts';
import { nameOf, noCounts, type Row, type SecretsResult, secretLoss, uncheckedDanger, uncheckedWarning } from './secret-report.ts';

export interface SecretsOptions {
  /** LETTA_ENCRYPTION_KEY of the server that wrote the snapshot, and of the one that is to read what is built. */
  key: string | null;
  /** SQL name of a relation with `id` and the snapshot's `_enc` columns of a table, for those that the target lacks. */
  encryptedIn: (table: string) => string | null;
  reporter: Reporter;
  signal: AbortSignal;
}

/**
 * Makes secrets readable for the target's server, upwards and downwards: `_enc` is filled from the older column (with
 * the key encrypted, without it in clear where that is legal), and the older column from `_enc` where the target reads
 * it. No migration of Letta's does the former completely (letta-server.md §5.4), none at all the latter.
 *
 * A ciphertext that the given key does not open is taken out of the server's sight: with it agents do not load. An
 * environment variable is nothing without its value and is set aside whole; elsewhere `_enc` becomes NULL.
 */
export async function carrySecrets(built: Built, options: SecretsOptions): Promise<SecretsResult> {
  const key = options.key || null; // Letta takes an empty key for none
  const result: SecretsResult = { columns: [], losses: [], warnings: [] };
  const columns = await secretColumnsOf(built, options.encryptedIn);
  const anyCiphertext = key === null && (await hasUnchecked(built, columns));
  let done = 0;
  for (const of of columns) {
    const rules = rulesFor(built, of, key !== null, anyCiphertext);
    const fates = new Map<Fate, Row[]>();
    const written: Row[] = []; // into the older column, whatever became of `_enc`
    for await (const rows of secretRows(built, of)) {
      const enc: { id: string; value: string | null }[] = [];
      const plain: { id: string; value: string | null }[] = [];
      await fourAtATime(rows, async (row) => {
        options.signal.throwIfAborted();
        const decision = decide(await openSecret(row.enc, key), row.plain, rules);
        if (decision.enc) {
          const { text, encrypt } = decision.enc;
          enc.push({ id: row.id, value: encrypt && key !== null ? await encryptSecret(text, key) : text });
        }
        if (decision.plain !== null && of.plaintext !== null) {
          plain.push({ id: row.id, value: decision.plain });
          written.push({ id: row.id, agent: row.agent });
        }
        const alike = fates.get(decision.fate) ?? [];
        alike.push({ id: row.id, agent: row.agent });
        fates.set(decision.fate, alike);
        options.reporter.progress({ rows: ++done, what: nameOf(of) });
      });
      if (enc.length > 0) await alterValues(built, of.table, of.column, enc);
      if (plain.length > 0 && of.plaintext !== null) await alterValues(built, of.table, of.plaintext, plain);
    }
    const counts = noCounts();
    for (const [fate, rows] of fates) counts[fate] = rows.length;
    result.columns.push({ table: of.table, column: of.column, counts });
    result.losses.push(...(await report(built, of, fates, written, key !== null)));
  }
  result.warnings = uncheckedWarning(result.columns, readsLookalikesWithoutKey(built.to));
  return result;
}

function rulesFor(built: Built, { table, inTarget, json, emptyCounts }: SecretColumn, hasKey: boolean, anyCiphertext: boolean): CarryRules {
  return {
    hasKey,
    truth: truthOfSecrets(built.from, table),
    sourceReads: secretReading(built.from),
    targetReads: inTarget ? secretReading(built.to) : 'plaintext',
    // Ciphertexts say that the server will have a key: then what looks like one must be one, or agents do not load.
    lookalikes: readsLookalikesWithoutKey(built.to) && !anyCiphertext,
    json,
    emptyCounts,
  };
}

async function hasUnchecked(built: Built, columns: readonly SecretColumn[]): Promise<boolean> {
  for (const of of columns)
    for await (const rows of secretRows(built, of))
      for (const { enc } of rows) if ((await openSecret(enc, null)).class === 'unchecked') return true;
  return false;
}

async function report(
  built: Built,
  of: SecretColumn,
  fates: ReadonlyMap<Fate, Row[]>,
  written: readonly Row[],
  hasKey: boolean,
): Promise<Loss[]> {
  const release = servingRelease(built.to);
  const { table, column, plaintext } = of;
  const sorted = (list: readonly Row[]): Row[] => list.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const rows = (fate: Fate): Row[] => sorted(fates.get(fate) ?? []);
  return [
    ...secretLoss('derived', table, column, rows('encrypted'), `encrypted with the key: Letta ${release} reads this column`),
    ...secretLoss(
      'derived',
      table,
      column,
      rows('in clear'),
      `put in clear beside ${plaintext}, since no key was given: Letta ${release} reads this column`,
    ),
    ...secretLoss('derived', table, plaintext, sorted(written), `decrypted from ${column}: Letta ${release} reads this column, in clear`),
    ...secretLoss(
      'unchecked',
      table,
      column,
      rows('unchecked'),
      `ciphertexts, carried as they are: without LETTA_ENCRYPTION_KEY nobody saw whether they can be read. ${uncheckedDanger(readsLookalikesWithoutKey(built.to))}`,
    ),
    ...secretLoss(
      'dropped',
      table,
      column,
      rows('needs key'),
      `in clear, but looks like a ciphertext, for which Letta ${release} would take it: give LETTA_ENCRYPTION_KEY, with which it can be encrypted`,
    ),
    ...secretLoss(
      'dropped',
      table,
      column,
      rows('placeholder'),
      `an empty value: Letta ${release} hands tools the text <encrypted> in its place unless ${column} says that it is empty, for which LETTA_ENCRYPTION_KEY is needed`,
    ),
    ...secretLoss(
      'dropped',
      table,
      column,
      rows('unused'),
      `Letta ${release} has no such column, and it says something else than ${plaintext}, which is what the server used, or cannot be decrypted`,
    ),
    ...(of.inTarget
      ? await retire(built, of, rows('unreadable'))
      : secretLoss(
          'dropped',
          table,
          column,
          rows('unreadable'),
          hasKey
            ? `${column} could not be decrypted with the given LETTA_ENCRYPTION_KEY, or does not fit ${plaintext}, which is all that Letta ${release} reads: it is left as it was`
            : `${column} is encrypted, Letta ${release} reads only ${plaintext}, and LETTA_ENCRYPTION_KEY was not given: it is left as it was`,
        )),
  ];
}

/** Takes ciphertexts that nobody can read out of the server's sight. */
async function retire(built: Built, { table, column }: SecretColumn, rows: readonly Row[]): Promise<Loss[]> {
  if (rows.length === 0) return [];
  const reason = `${column} could not be decrypted with the given LETTA_ENCRYPTION_KEY; left in place, it would keep the server from loading what has it`;
  if (table.endsWith('_environment_variables')) {
    const ids = rows.map(({ id }) => quoteLiteral(id).trim()).join(', ');
    const loss = await setAside(built, {
      table,
      where: `t.id in (${ids})`,
      reason,
      wayBack: 'When the server has the key that made the values:',
    });
    return loss ? [{ ...loss, column }] : [];
  }
  await alterValues(
    built,
    table,
    column,
    rows.map(({ id }) => ({ id, value: null })),
  );
  return secretLoss('dropped', table, column, rows, `${reason}: it is NULL now, and only the snapshot has it still`);
}
