import { isRead } from '../letta/accepted-values.ts';
import type { Session } from '../postgres/database.ts';
import type { Reporter, Warning } from '../report/progress.ts';
import { adaptValues } from './adapt/adapt-values.ts';
import { noticeValues } from './adapt/notice-values.ts';
import type { BuildContext } from './build-context.ts';
import type { Built } from './built.ts';
import type { Loss } from './loss.ts';
import { sourceTable } from './relation.ts';
import type { WrongValue } from './run-checks.ts';
import { carrySecrets } from './secrets/carry-secrets.ts';
import { rekeySecrets } from './secrets/rekey-secrets.ts';
import type { SecretKeys } from './secrets/secret-keys.ts';
import { verifySecrets } from './secrets/verify-secrets.ts';
import { setAsideRules } from './set-aside/rules.ts';
import { setAsideDuplicates } from './set-aside-duplicates.ts';
import { setAsideIncomplete } from './set-aside-incomplete.ts';
import { setAsideOrphans } from './set-aside-orphans.ts';

export interface AdaptOptions {
  /** Whose server is to run on it, where several releases share the revision. */
  release: string;
  keys: SecretKeys;
  reporter: Reporter;
  signal: AbortSignal;
}

/**
 * Everything that is done to rows which are in already, so that the target's server can read them: what it would choke
 * on is set aside or adapted, secrets are made readable. Every change is logged for the proof.
 */
export async function adaptRows(
  sessions: readonly Session[],
  context: BuildContext,
  { release, keys, reporter, signal }: AdaptOptions,
): Promise<{ losses: Loss[]; warnings: Warning[] }> {
  const main = sessions[0];
  if (!main) throw new RangeError('a session is needed');
  const built = builtOf(main, context);
  const losses: Loss[] = [];
  // Secrets first: rows that are set aside shall be readable when they come back.
  const secrets = await carrySecrets(built, { key: keys.encryptionKey, encryptedIn: encryptedIn(context), reporter, signal });
  if (keys.rekeyTo === null) losses.push(...secrets.losses);
  else {
    // Rekeying tries every ciphertext with the new key too, and names those that it does not open.
    losses.push(...secrets.losses.filter((loss) => loss.class !== 'unchecked'));
    secrets.warnings = secrets.warnings.filter(({ code }) => code !== 'secrets-unchecked');
    const rekeyed = await rekeySecrets(built, { fromKey: keys.encryptionKey, toKey: keys.rekeyTo, reporter, signal });
    losses.push(...rekeyed.losses);
  }
  losses.push(...(await setAsideIncomplete(built, context.plan.tables)));
  for (const rule of setAsideRules) if (rule.applies(built.to)) losses.push(...(await rule.run(built)));
  // What the models of releases before 0.11.0 accept nobody has read.
  const read = isRead(release);
  if (read) losses.push(...(await adaptValues(built, release)));
  losses.push(...(await setAsideDuplicates(built, context.plan.unguardedUniques)));
  losses.push(...(await setAsideOrphans(built, context.plan.unguarded)));
  const noticed = read ? await noticeValues(built, release, { sessions, signal }) : [unread(release)];
  return { losses, warnings: [...secrets.warnings, ...noticed] };
}

const unread = (release: string): Warning => ({
  code: 'values-not-adapted',
  message: `Values were not adapted to Letta ${release}: what it accepts has not been read, as it has been from 0.11.0 on; what its server refuses is in the tables as it was`,
  partial: false,
});

/** The second route to every secret that was written. */
export async function checkSecrets(
  session: Session,
  context: BuildContext,
  { keys, reporter, signal }: AdaptOptions,
): Promise<WrongValue[]> {
  const { findings } = await verifySecrets(builtOf(session, context), {
    key: keys.rekeyTo ?? keys.encryptionKey,
    snapshotKey: keys.encryptionKey,
    encryptedIn: encryptedIn(context),
    reporter,
    signal,
  });
  return findings.map(({ table, id, problem }) => ({ table, row: `id=${id}`, what: problem, by: null }));
}

const builtOf = (session: Session, { plan, home }: BuildContext): Built => ({
  session,
  home,
  model: plan.model,
  from: plan.chain.from,
  to: plan.chain.to,
});

/** Where the snapshot's `_enc` columns are that the target lacks: staged beside it. */
function encryptedIn({ plan }: BuildContext): (table: string) => string | null {
  const staged = new Set(plan.sources.map(({ base }) => base));
  return (table) => (staged.has(table) ? sourceTable(table) : null);
}
