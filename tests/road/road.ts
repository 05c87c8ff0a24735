import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { type BackupOptions, backup } from '../../src/backup/backup.ts';
import { openDatabase } from '../../src/postgres/open-database.ts';
import { silentReporter } from '../../src/report/progress.ts';
import type { RestoreRequest } from '../../src/restore/plan.ts';
import { restore } from '../../src/restore/restore.ts';
import type { SecretKeys } from '../../src/upgrade/secrets/secret-keys.ts';
import { createVault } from '../../src/vault/create-vault.ts';
import { openStore } from '../../src/vault/open-store.ts';
import { openVault } from '../../src/vault/open-vault.ts';
import type { SnapshotRef, Vault } from '../../src/vault/vault.ts';
import { verifyDatabase } from '../../src/verify/verify-database.ts';
import { fixtureEncryptionKey } from '../support/fixtures.ts';

/** The road in one call each, as the verbs walk it, for tests. */
export const never = new AbortController().signal;

/** A vault in a directory of its own, sealed for an age identity (no slow passphrase). */
export class TestVault implements AsyncDisposable {
  readonly directory: string;
  readonly identity: string;
  readonly vault: Vault;

  private constructor(directory: string, identity: string, vault: Vault) {
    [this.directory, this.identity, this.vault] = [directory, identity, vault];
  }

  static async create(cut?: { minimum: number; target: number; maximum: number }): Promise<TestVault> {
    const directory = await mkdtemp(join(tmpdir(), 'lifeboat-vault-'));
    const identity = await generateIdentity();
    const store = openStore(directory);
    await createVault(store, { pin: null, recipients: [await identityToRecipient(identity)], ...(cut && { cut }) });
    return new TestVault(directory, identity, await openVault(store, { identities: [identity] }, { pin: null }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}

export async function backUp(url: string, vault: Vault, options: Partial<BackupOptions> = {}) {
  const database = openDatabase(url);
  try {
    return await backup({ database, vault, reporter: silentReporter, signal: never, toolVersion: 'test', ...options });
  } finally {
    await database.close();
  }
}

export async function restoreTo(
  url: string,
  vault: Vault,
  ref: SnapshotRef,
  request: Partial<RestoreRequest> = {},
  options: { signal?: AbortSignal; dryRun?: boolean; keys?: SecretKeys } = {},
) {
  const target = openDatabase(url, { create: true });
  try {
    return await restore({
      vault,
      ref,
      target,
      request: { layout: { kind: 'same' }, owner: null, withObjects: false, ...request },
      reporter: silentReporter,
      signal: options.signal ?? never,
      confirm: async () => true,
      ...(options.dryRun && { dryRun: true }),
      ...(options.keys && { keys: options.keys }),
    });
  } finally {
    await target.close();
  }
}

export async function verifyAgainst(url: string, against?: { vault: Vault; ref: SnapshotRef }) {
  const database = openDatabase(url);
  try {
    return await verifyDatabase(database, {
      encryptionKey: fixtureEncryptionKey,
      reporter: silentReporter,
      signal: never,
      ...(against && { against }),
    });
  } finally {
    await database.close();
  }
}
