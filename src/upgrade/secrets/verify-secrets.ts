import { fourAtATime, openSecret } from '../../letta/open-secret.ts';
import { secretText } from '../../letta/secret-columns.ts';
import { looksEncryptedToLetta, secretReading, truthOfSecrets } from '../../letta/secret-rules.ts';
import type { Reporter } from '../../report/progress.ts';
import { qualified, quoteIdent } from '../../schema/model.ts';
import { openAlterations, originalOf } from '../alterations.ts';
import type { Built } from '../built.ts';
import { setAsideTables } from '../set-aside-tables.ts';
import { builtTable } from '../touched.ts';
import { sameSecret } from './decide.ts';
import { type SecretColumn, secretColumnsOf, secretRow } from './secret-columns.ts';
import { nameOf } from './secret-report.ts';

export interface VerifySecretsOptions {
  /** The key that the built database is to be read with (after a rekey the new one). */
  key: string | null;
  /** The key of the snapshot's ciphertexts, when it is another one. */
  snapshotKey?: string | null;
  encryptedIn: (table: string) => string | null;
  reporter: Reporter;
  signal: AbortSignal;
}

/** A secret that is not what the snapshot says. Never a value. */
export interface SecretFinding {
  table: string;
  column: string;
  id: string;
  problem: string;
}

/**
 * The second route to every secret that was written: reads it back, opens it, and compares it with what the snapshot
 * holds (through the log of alterations; values that no pass altered are compared by the proof itself). Also finds
 * secrets that could be read and did not arrive, and readable ones that were taken away. After a rekey, ciphertexts that
 * no pass altered are opened too: those that only the snapshot's key opens were skipped.
 */
export async function verifySecrets(built: Built, options: VerifySecretsOptions): Promise<{ checked: number; findings: SecretFinding[] }> {
  await openAlterations(built.session);
  const findings: SecretFinding[] = [];
  let checked = 0;
  for (const of of await secretColumnsOf(built, options.encryptedIn)) {
    const rows = await built.session.query(await rowsToCheck(built, of, isRekeyed(options)));
    await fourAtATime(rows, async (row) => {
      options.signal.throwIfAborted();
      const now = secretRow({ id: row.id ?? '', enc: row.enc ?? null, plain: row.plain ?? null }, of.json);
      const was = secretRow({ id: row.id ?? '', enc: row.enc_was ?? null, plain: row.plain_was ?? null }, of.json);
      for (const problem of await problemsOf(built, of, now, was, options))
        findings.push({ table: of.table, column: of.column, id: now.id, problem });
      options.reporter.progress({ rows: ++checked, what: nameOf(of) });
    });
  }
  findings.sort((a, b) => (`${nameOf(a)} ${a.id}` < `${nameOf(b)} ${b.id}` ? -1 : 1));
  return { checked, findings };
}

interface Pair {
  enc: string | null;
  plain: string | null;
}

async function problemsOf(built: Built, of: SecretColumn, now: Pair, was: Pair, options: VerifySecretsOptions): Promise<string[]> {
  const problems: string[] = [];
  const same = (a: string | null, b: string | null) => a === b || (a !== null && b !== null && sameSecret(a, b, of.json));
  const snapshotKey = options.snapshotKey === undefined ? options.key : options.snapshotKey;
  const opened = (await openSecret(was.enc, snapshotKey || null)).text;
  const sealed = secretText(opened, of.json); // Letta encrypts empty texts too
  const expected = truthOfSecrets(built.from, of.table) === 'plaintext' ? (was.plain ?? sealed) : (sealed ?? was.plain);
  if (of.inTarget && now.enc !== was.enc) {
    if (now.enc === null) {
      if (sealed !== null) problems.push(`a secret that can be read was taken out of ${of.column}`);
    } else {
      const text = options.key || now.enc !== expected ? (await openSecret(now.enc, options.key || null)).text : now.enc;
      if (text === null) problems.push(`what was written to ${of.column} cannot be decrypted`);
      else if (!same(secretText(text, of.json), expected))
        problems.push(`what was written to ${of.column} is not the secret that the snapshot holds`);
    }
  }
  // What neither key opens is in the loss report of the rekeying.
  if (of.inTarget && isRekeyed(options) && now.enc !== null && now.enc === was.enc && opened !== null)
    if ((await openSecret(now.enc, options.key || null)).class !== 'decrypts')
      problems.push(`${of.column} is not encrypted with the new key`);
  if (!same(now.plain, was.plain) && !same(now.plain, sealed))
    problems.push(`what was written to ${of.plaintext} is not the secret that the snapshot holds`);
  const reads = of.inTarget ? secretReading(built.to) : 'plaintext';
  const asItMay = options.key ? false : expected !== null && looksEncryptedToLetta(expected);
  if (reads === 'encrypted' && now.enc === null && was.enc === null && expected !== null && !asItMay)
    problems.push(`${of.column} is empty, and ${of.plaintext} of the snapshot is not`);
  if (of.emptyCounts && options.key && now.enc === null && was.enc === null && expected === null)
    problems.push(`${of.column} does not say that the value is empty`);
  if (reads === 'plaintext' && now.plain === null && sealed !== null)
    problems.push(`${of.plaintext} is empty, and ${of.column} of the snapshot is not`);
  return problems;
}

const isRekeyed = ({ key, snapshotKey }: VerifySecretsOptions): boolean => snapshotKey !== undefined && Boolean(key) && key !== snapshotKey;

/**
 * Rows, those set aside included, in which a pass altered one of the two columns, or in which the column that counts is empty;
 * after a rekey all.
 */
async function rowsToCheck(built: Built, of: SecretColumn, rekeyed: boolean): Promise<string> {
  const table = builtTable(built, of.table);
  const columns = ['id', of.plaintext, of.inTarget ? of.column : null]
    .filter((name) => name !== null)
    .map(quoteIdent)
    .join(', ');
  const aside = (await setAsideTables(built.session)).get(of.table);
  const rows = [qualified(built.home, null, of.table), ...(aside === undefined ? [] : [aside])].map(
    (from) => `select ${columns} from ${from}`,
  );
  const joins: string[] = [];
  const column = (name: string | null): [now: string, was: string] => {
    const type = table.columns.find((each) => each.name === name)?.type;
    if (name === null || type === undefined) return ['null::text', 'null::text'];
    const { value, join } = originalOf('t', of.table, name, type);
    joins.push(join);
    return [`t.${quoteIdent(name)}::text`, `(${value})::text`];
  };
  const [plain, plainWas] = column(of.plaintext);
  let [enc, encWas] = of.inTarget ? column(of.column) : ['null::text', 'null::text'];
  if (!of.inTarget && of.relation !== null) {
    joins.push(`left join ${of.relation} s on s.id::text = t.id::text`);
    encWas = `s.${quoteIdent(of.column)}::text`;
    enc = 'null::text';
  }
  return `select * from (select t.id::text as id, ${enc} as enc, ${encWas} as enc_was, ${plain} as plain, ${plainWas} as plain_was
            from (${rows.join(' union all ')}) t ${joins.join(' ')}) c
           where ${of.inTarget ? `c.enc is distinct from c.enc_was or coalesce(c.enc, '') = ''` : 'false'}
              or c.plain is distinct from c.plain_was or coalesce(c.plain, '') = '' or ${rekeyed && of.inTarget}
           order by c.id collate "C"`;
}
