import { LifeboatError } from '../report/errors.ts';
import type { Reporter } from '../report/progress.ts';
import type { DamagedNames } from './damaged.ts';
import { collect } from './join-chunks.ts';
import { parseIdentity, parseRecipient } from './key-agreement.ts';
import { takeLock } from './locks.ts';
import type { Manifest } from './manifest.ts';
import { putManifest, readManifestFile } from './manifest-file.ts';
import type { Opening, Sealing } from './object-format.ts';
import { isObjectName, ObjectNamer, objectPath } from './object-name.ts';
import { type ExpectedObject, type Reading, readObject } from './object-reader.ts';
import { type CondemnedNames, writeObject } from './object-writer.ts';
import { openPending } from './pending.ts';
import { Press } from './press.ts';
import { largest, smallestStored } from './press-limits.ts';
import { putRecordFile, readRecordFile } from './record-file.ts';
import { compareRecords, parseRecordFileName, recordDirectories } from './record-file-name.ts';
import { compareSnapshots, parseSnapshotFileName } from './snapshot-file-name.ts';
import type { Store } from './store.ts';
import type { ObjectKind, PlainContent, RecordHead, RecordKind, RecordRef, SnapshotRef, StoredObject, Vault } from './vault.ts';
import { fingerprintOf, type VaultConfig } from './vault-config.ts';
import type { VaultKeys } from './vault-keys.ts';

/** A vault whose identity was checked (`openVault`, `createVault`). `keys` are secret. */
export class OpenedVault implements Vault {
  readonly store: Store;
  readonly config: VaultConfig;
  readonly keys: VaultKeys;
  readonly #condemned: CondemnedNames;
  readonly #damaged: DamagedNames;
  readonly #reporter: Reporter;
  readonly #sealing: Sealing;
  readonly #opening: Opening;

  readonly #selfCheck: boolean;
  #press: Press | null = null;

  constructor(
    store: Store,
    config: VaultConfig,
    keys: VaultKeys,
    marks: { condemned: CondemnedNames; damaged: DamagedNames },
    reporter: Reporter,
    selfCheck = true,
  ) {
    this.store = store;
    this.config = config;
    this.keys = keys;
    this.#condemned = marks.condemned;
    this.#damaged = marks.damaged;
    this.#reporter = reporter;
    this.#selfCheck = selfCheck;
    this.#sealing = keys.recipient === null ? null : { recipient: parseRecipient(keys.recipient) };
    this.#opening = keys.identity === null ? null : { identity: parseIdentity(keys.identity) };
  }

  get id(): string {
    return this.config.id;
  }
  get fingerprint(): string {
    return fingerprintOf(this.config);
  }
  get sealed(): boolean {
    return this.config.sealed;
  }
  get access(): 'owner' | 'writer' {
    return this.keys.role;
  }
  get cut(): { minimum: number; target: number; maximum: number } {
    return this.config.cut;
  }
  get cutSeed(): Buffer {
    return this.keys.cutSeed;
  }

  nameOf(content: PlainContent): string {
    const namer = this.namer(content.kind, content.shapeHash);
    const chunks = content.open();
    if (!(Symbol.iterator in chunks)) throw new RangeError('nameOf takes content in memory; namer() takes streams');
    for (const chunk of chunks) namer.update(chunk);
    return namer.name(content.rows, content.size);
  }

  async nameSoon(content: PlainContent): Promise<string> {
    return this.#threads.takes(content) ? await this.#threads.name(content) : this.nameOf(content);
  }

  namer(kind: ObjectKind, shapeHash: Buffer): ObjectNamer {
    return new ObjectNamer(this.keys.nameKey, kind, shapeHash);
  }

  putObject(content: PlainContent, taken?: () => void): Promise<StoredObject> {
    const options = {
      store: this.store,
      nameKey: this.keys.nameKey,
      sealing: this.#sealing,
      condemned: this.#condemned,
      damaged: this.#damaged,
      selfCheck: this.#selfCheck,
      press: this.#threads,
    };
    return writeObject(content, options, taken);
  }

  getObject(name: string, expect: ExpectedObject): AsyncGenerator<Buffer> {
    return this.#read(name, expect, { lent: false });
  }

  lendObject(name: string, expect: ExpectedObject): AsyncGenerator<Buffer> {
    return this.#read(name, expect, { lent: true });
  }

  async *#read(name: string, expect: ExpectedObject, reading: Reading): AsyncGenerator<Buffer> {
    this.#mustRead();
    try {
      yield* readObject(this.store, { nameKey: this.keys.nameKey, opening: this.#opening }, name, expect, reading);
    } catch (error) {
      if (error instanceof LifeboatError && error.code === 'object-damaged') await this.#damaged.mark(name);
      throw error;
    }
  }

  async checkObject(name: string, expect: ExpectedObject): Promise<number> {
    const checked = await this.#checkWhole(name, expect);
    if (checked !== null) return checked;
    let bytes = 0;
    for await (const chunk of this.getObject(name, expect)) bytes += chunk.length;
    return bytes;
  }

  /** Checks an object of a few megabytes in one go, elsewhere. What is wrong with one shows when it is streamed. */
  async #checkWhole(name: string, { kind, shapeHash, rows }: ExpectedObject): Promise<number | null> {
    if (this.keys.role === 'writer' || !isObjectName(name)) return null;
    const path = objectPath(name);
    const info = await this.store.head(path).catch(() => null);
    if (info === null || info.size < smallestStored || info.size > largest) return null;
    const stored = await collect(this.store.get(path), largest).catch(() => null);
    return stored && (await this.#threads.check({ kind, shapeHash, rows, name, stored }));
  }

  get #threads(): Press {
    this.#press ??= new Press({ nameKey: this.keys.nameKey, recipient: this.keys.recipient, identity: this.keys.identity });
    return this.#press;
  }

  async hasObject(name: string): Promise<boolean> {
    if (!isObjectName(name) || this.#condemned.has(name) || this.#damaged.has(name)) return false;
    const info = await this.store.head(objectPath(name));
    return info !== null && info.size > 0;
  }

  async listSnapshots(): Promise<SnapshotRef[]> {
    return (await this.#listFiles('snapshots', "a snapshot's", parseSnapshotFileName)).sort(compareSnapshots);
  }

  async readManifest(ref: SnapshotRef): Promise<Manifest> {
    this.#mustRead();
    return readManifestFile(this.store, ref, this.#opening, this.keys.verifyKey);
  }

  commitManifest(manifest: Manifest): Promise<SnapshotRef> {
    return putManifest(this.store, manifest, { ...this.keys, sealing: this.#sealing });
  }

  putRecord(kind: RecordKind, record: RecordHead): Promise<RecordRef> {
    return putRecordFile(this.store, kind, record, { ...this.keys, sealing: this.#sealing });
  }

  async listRecords(kind: RecordKind): Promise<RecordRef[]> {
    const refs = await this.#listFiles(recordDirectories[kind], "a record's", (file) => parseRecordFileName(kind, file));
    return refs.sort(compareRecords);
  }

  async readRecord(ref: RecordRef): Promise<unknown> {
    this.#mustRead();
    return readRecordFile(this.store, ref, this.#opening, this.keys.verifyKey);
  }

  async lock(mode: 'shared' | 'exclusive', purpose: string): Promise<{ release(): Promise<void> }> {
    try {
      return await takeLock(this.store, mode, purpose, this.#reporter);
    } catch (cause) {
      // A vault on a read-only medium can be read without a lock: nothing can be removed from it either.
      if (mode === 'exclusive' || !(cause instanceof LifeboatError) || cause.code !== 'vault-not-writable') throw cause;
      this.#reporter.detail('The vault is not writable: no lock was taken.');
      return { release: async () => {} };
    }
  }

  async pending(snapshotId: string): Promise<{ rely(names: readonly string[]): Promise<void>; release(): Promise<void> }> {
    return openPending(this.store, snapshotId);
  }

  async #listFiles<Ref>(directory: string, whose: string, parse: (file: string) => Ref | null): Promise<Ref[]> {
    const refs: Ref[] = [];
    for await (const { path } of this.store.list(`${directory}/`)) {
      const ref = parse(path.slice(directory.length + 1));
      if (ref) refs.push(ref);
      else this.#reporter.detail(`${path} is not ${whose} name; passed over.`);
    }
    return refs;
  }

  #mustRead(): void {
    if (this.sealed && this.keys.role === 'writer') throw new LifeboatError('writer-only', { vault: this.store.location, what: 'read it' });
  }
}
