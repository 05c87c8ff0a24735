import { classifySecret, decryptSecret, type SecretClass } from './secret.ts';

export interface OpenedSecret {
  class: SecretClass;
  /** The secret, where it can be told. */
  text: string | null;
}

/** What a value of an `_enc` column is, and what it says, with at most one run of PBKDF2. */
export async function openSecret(value: string | null, key: string | null): Promise<OpenedSecret> {
  const form = await classifySecret(value, null);
  if (value === null || form === 'null') return { class: 'null', text: null };
  if (key !== null) {
    const text = await decryptSecret(value, key);
    if (text !== null) return { class: 'decrypts', text };
    if (form === 'unchecked') return { class: 'undecryptable', text: null };
  }
  return { class: form, text: form === 'plaintext' ? value : null };
}

/** Node derives keys on four threads of its own: more at a time would only wait. */
export async function fourAtATime<Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<void> {
  const queue = items.values();
  const run = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all([run(), run(), run(), run()]);
}
