import { LifeboatError } from '../../report/errors.ts';
import { exitCodes } from '../../report/exit-codes.ts';
import { formatCountOf, formatTime } from '../../report/format.ts';
import { canonicalJson } from '../../vault/canonical-json.ts';
import { addKey, exportWriterKey, listKeys, readKeyFiles, removeKey } from '../../vault/key-ring.ts';
import { kitText } from '../../vault/recovery-kit.ts';
import { readConfig } from '../../vault/vault-config.ts';
import type { Context, VaultFlags } from '../context.ts';
import { passphraseFrom } from '../passphrase.ts';
import { askForWord, askNewPassphrase } from '../prompts.ts';
import { writeNewFile } from '../read-text-file.ts';
import { usageError } from '../usage-error.ts';
import { storeOf, vaultOf } from '../use-vault.ts';
import { vaultWords } from '../vault-words.ts';

const kinds = { passphrase: 'a passphrase', recipient: 'an age identity', clear: 'nothing (not encrypted)' };

/** Needs no key: whoever lost theirs learns which others would do. */
export async function list({ output }: Context, flags: VaultFlags): Promise<number> {
  const store = storeOf(flags);
  await readConfig(store);
  const keys = await listKeys(store);
  const damaged = keys.filter((key) => key.kind === null).length;
  output.table({
    type: 'key',
    columns: [{ title: 'key' }, { title: 'opened by' }, { title: 'file of' }],
    rows: keys.map(({ id, kind, modified }) => ({
      cells: [id, kind === null ? 'DAMAGED' : kinds[kind], formatTime(modified)],
      fields: { key: id, kind, modified: modified.toISOString() },
      ...(kind === null && { tone: 'bad' as const }),
    })),
    empty: 'No key files. Open the vault with --kit FILE and add one.',
  });
  output.summary({
    fields: { vault: store.location, keys: keys.length, damaged },
    tone: damaged > 0 ? 'bad' : 'good',
    title: `${formatCountOf(keys.length, 'key')} of ${store.location}`,
    facts: [],
  });
  return damaged > 0 ? exitCodes.corruption : exitCodes.done;
}

export async function add(context: Context, flags: VaultFlags & { recipient?: string[] }): Promise<number> {
  const vault = await vaultOf(context, flags);
  const key = await addKey(
    vault.store,
    vault.keys,
    flags.recipient ? { recipients: flags.recipient } : { passphrase: await newPassphrase(context) },
  );
  context.output.summary({
    fields: { vault: vault.store.location, key },
    tone: 'good',
    title: `Key ${key} is added.`,
    facts: [],
    next: [`lifeboat key kit ${vaultWords(vault, flags)} --to lifeboat-kit.txt   # a new kit holds the new key too`],
  });
  return exitCodes.done;
}

async function newPassphrase(context: Context): Promise<string> {
  const given = await passphraseFrom(context.environment, 'LIFEBOAT_NEW_PASSPHRASE');
  if (given !== undefined) return given;
  if (context.interactive) return await askNewPassphrase('The new passphrase', context.signal);
  throw usageError(
    'No new passphrase or recipient was given.',
    'Give --recipient age1…, or set LIFEBOAT_NEW_PASSPHRASE_FILE (or LIFEBOAT_NEW_PASSPHRASE, LIFEBOAT_NEW_PASSPHRASE_COMMAND).',
  );
}

export async function remove(context: Context, flags: VaultFlags, id: string): Promise<number> {
  const { output } = context;
  if (!context.yes && !context.interactive)
    throw usageError('Removing a key asks first; off a terminal nobody can answer.', 'Run the same command again with --yes.');
  const vault = await vaultOf(context, flags);
  const rest = (await listKeys(vault.store)).filter((key) => key.id !== id);
  output.plan({
    fields: { verb: 'key remove', vault: vault.store.location, key: id, remaining: rest.map((key) => key.id) },
    title: `Remove key ${id}`,
    facts: [
      ['vault', vault.store.location],
      ['remaining', rest.map((key) => `${key.id} (${key.kind === null ? 'DAMAGED' : kinds[key.kind]})`).join(', ') || 'none'],
    ],
    steps: [],
    notes: [
      {
        code: 'not-revoked',
        message: 'Whoever opened the vault with it, or holds a kit with it, can still read what they could.',
        partial: false,
      },
    ],
    refusals: [],
  });
  output.settle();
  if (!context.yes && !(await askForWord('It cannot be brought back.', id, context.signal))) throw new LifeboatError('declined');
  await removeKey(vault.store, id);
  output.summary({
    fields: { vault: vault.store.location, key: id, keys: rest.length },
    tone: 'good',
    title: `Key ${id} is removed; ${formatCountOf(rest.length, 'key')} left.`,
    facts: [],
  });
  return exitCodes.done;
}

export async function exportWriter(context: Context, flags: VaultFlags & { writer?: true; to?: string }): Promise<number> {
  if (!flags.writer) throw usageError('Only the writer key can be exported.', 'lifeboat key export --writer --vault V --to FILE');
  const vault = await vaultOf(context, flags);
  return await hand(context, {
    type: 'writer-key',
    text: exportWriterKey(vault.keys),
    file: flags.to,
    vault: vault.store.location,
    title: 'The writer key: it adds snapshots and reads none. Keep it secret all the same.',
  });
}

export async function kit(context: Context, flags: VaultFlags & { to?: string }): Promise<number> {
  const vault = await vaultOf(context, flags);
  const { store, id, fingerprint, sealed, config } = vault;
  const text = kitText({
    location: store.location,
    vaultId: id,
    fingerprint,
    sealed,
    date: new Date(),
    config: `${canonicalJson(config)}\n`,
    keyFiles: await readKeyFiles(store),
  });
  return await hand(context, {
    type: 'kit',
    text,
    file: flags.to,
    vault: store.location,
    title: 'The emergency kit. Keep it apart from the vault and from the passphrase or identity.',
  });
}

/** To a new file, or to stdout as it is. */
async function hand(
  { output }: Context,
  { type, text, file, vault, title }: { type: string; text: string; file: string | undefined; vault: string; title: string },
): Promise<number> {
  if (file === undefined) {
    output.document({ type, text, fields: { vault, file: null } });
    return exitCodes.done;
  }
  await writeNewFile(file, text);
  output.summary({ fields: { vault, file }, tone: 'good', title, facts: [['written to', file]] });
  return exitCodes.done;
}
