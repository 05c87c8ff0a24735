import type { Session } from '../postgres/database.ts';
import type { Reporter } from '../report/progress.ts';
import type { BuildContext } from './build-context.ts';
import type { Built } from './built.ts';
import type { Loss } from './loss.ts';
import { setAsideIncomplete } from './set-aside-incomplete.ts';

/** What LETTA_ENCRYPTION_KEY is and shall be. Never printed, never stored. */
export interface SecretKeys {
  /** The key of the server that wrote the snapshot and will read the result; null when none was given. */
  encryptionKey: string | null;
  /** Exchange of keys: the built database's secrets are for `to`. */
  rekey: { from: string | null; to: string } | null;
}

/** Everything that is done to rows which are in already, so that the target's server can read them. */
export async function adaptRows(
  session: Session,
  { plan, home }: BuildContext,
  _keys: SecretKeys,
  _reporter: Reporter,
  _signal: AbortSignal,
): Promise<Loss[]> {
  const built: Built = { session, home, model: plan.model, from: plan.chain.from, to: plan.chain.to };
  return [...(await setAsideIncomplete(built, plan.tables))];
}
