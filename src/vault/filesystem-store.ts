import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir, stat, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { LifeboatError } from '../report/errors.ts';
import { type FileCalls, systemFileCalls } from './file-calls.ts';
import { makeDirectories, refuseLinks, syncDirectory } from './safe-directory.ts';
import type { Body, ObjectInfo, Store } from './store.ts';
import { errnoOf, readFault, writeFault } from './store-fault.ts';
import { checkStorePath, checkStorePrefix, isStoreName } from './store-path.ts';

/** A temporary file older than this was left by a crash: no write takes that long between two of its own writes. */
const orphanAge = 24 * 3600 * 1000;
const readSize = 512 * 1024;
const noHardLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV', 'EINVAL']);

/**
 * A vault in a directory. Files are made for their owner only (0600, directories 0700). `put` writes `tmp/…`, fsyncs,
 * checks the length, links it to its place (which cannot overwrite) and fsyncs the directory.
 */
export class FilesystemStore implements Store {
  readonly location: string;
  readonly #calls: FileCalls;
  #swept = false;

  constructor(directory: string, calls: Partial<FileCalls> = {}) {
    this.location = resolve(directory);
    this.#calls = { ...systemFileCalls, ...calls };
  }

  async put(path: string, body: Body): Promise<'created' | 'exists'> {
    const target = join(this.location, checkStorePath(path));
    try {
      await makeDirectories(this.location, dirname(path));
      await this.#sweepOnce();
      const temporary = await this.#writeTemporary(path, body);
      try {
        const outcome = await this.#publish(temporary, target);
        // Also for 'exists': whoever made the entry may not have made it durable yet.
        await unlink(temporary).catch(() => {});
        await syncDirectory(dirname(target), this.#calls);
        return outcome;
      } finally {
        await unlink(temporary).catch(() => {});
      }
    } catch (cause) {
      throw await this.#writeFault(cause, path, body.size);
    }
  }

  async *get(path: string): AsyncGenerator<Buffer> {
    const target = join(this.location, checkStorePath(path));
    let file: FileHandle;
    try {
      await refuseLinks(this.location, dirname(path));
      // O_NONBLOCK: a FIFO in the object's place must not make us wait for ever.
      file = await open(target, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    } catch (cause) {
      if (isAbsent(cause)) throw new LifeboatError('object-missing', { object: path, location: this.location }, { cause });
      throw readFault(cause, { location: this.location, path });
    }
    try {
      const facts = await file.stat();
      if (!facts.isFile()) throw new LifeboatError('store-link', { location: this.location, path });
      // Most objects come in one piece, and its length says that there is no more; the end itself still has to be seen.
      for (let expected = facts.size; ; expected -= readSize) {
        const length = Math.min(readSize, Math.max(expected, 0) + 1);
        const { buffer, bytesRead } = await file.read(Buffer.allocUnsafeSlow(length), 0, length);
        if (bytesRead === 0) return;
        yield buffer.subarray(0, bytesRead);
      }
    } catch (cause) {
      throw readFault(cause, { location: this.location, path });
    } finally {
      await file.close();
    }
  }

  async head(path: string): Promise<ObjectInfo | null> {
    checkStorePath(path);
    try {
      await refuseLinks(this.location, dirname(path));
      const facts = await lstat(join(this.location, path));
      if (!facts.isFile()) throw new LifeboatError('store-link', { location: this.location, path });
      return { path, size: facts.size, modified: facts.mtime };
    } catch (cause) {
      if (isAbsent(cause)) return null;
      throw readFault(cause, { location: this.location, path });
    }
  }

  async *list(prefix: string): AsyncGenerator<ObjectInfo> {
    checkStorePrefix(prefix);
    yield* this.#walk(prefix.slice(0, prefix.lastIndexOf('/') + 1), prefix);
  }

  async *#walk(directory: string, prefix: string): AsyncGenerator<ObjectInfo> {
    let names: string[];
    try {
      if (directory !== '') await refuseLinks(this.location, directory.slice(0, -1));
      const entries = await readdir(join(this.location, directory), { withFileTypes: true });
      // A directory sorts as `name/`, so that whole paths come out in ascending order.
      names = entries
        .filter((e) => (e.isFile() || e.isDirectory()) && isStoreName(e.name))
        .map((e) => (e.isDirectory() ? `${e.name}/` : e.name));
    } catch (cause) {
      if (isAbsent(cause)) return;
      throw readFault(cause, { location: this.location, path: directory });
    }
    for (const name of names.sort()) {
      const path = directory + name;
      if (path === 'tmp/') continue;
      if (name.endsWith('/')) {
        if (path.startsWith(prefix) || prefix.startsWith(path)) yield* this.#walk(path, prefix);
      } else if (path.startsWith(prefix)) {
        const info = await this.head(path);
        if (info) yield info;
      }
    }
  }

  async delete(path: string): Promise<void> {
    checkStorePath(path);
    try {
      await refuseLinks(this.location, dirname(path));
      await unlink(join(this.location, path));
    } catch (cause) {
      if (!isAbsent(cause)) throw await this.#writeFault(cause, path, 0);
    }
  }

  async now(): Promise<Date> {
    try {
      await makeDirectories(this.location, 'tmp');
      const path = this.#temporaryPath();
      const file = await open(path, 'wx', 0o600);
      try {
        return (await file.stat()).mtime;
      } finally {
        await file.close();
        await unlink(path).catch(() => {});
      }
    } catch (cause) {
      throw await this.#writeFault(cause, 'tmp', 0);
    }
  }

  #temporaryPath(): string {
    return join(this.location, 'tmp', `${randomBytes(12).toString('hex')}.part`);
  }

  async #writeTemporary(path: string, body: Body): Promise<string> {
    await makeDirectories(this.location, 'tmp');
    const temporary = this.#temporaryPath();
    const file = await open(temporary, 'wx', 0o600);
    try {
      let written = 0;
      for await (const chunk of body.open()) {
        await this.#calls.write(file, chunk);
        written += chunk.length;
      }
      await this.#calls.sync(file);
      const { size } = await file.stat();
      if (size !== written || written !== body.size) {
        throw new LifeboatError('store-write-failed', {
          location: this.location,
          path,
          reason: `${size} bytes are there where ${body.size} were to be written`,
        });
      }
      return temporary;
    } catch (cause) {
      await unlink(temporary).catch(() => {});
      throw cause;
    } finally {
      await file.close().catch(() => {});
    }
  }

  async #publish(temporary: string, target: string): Promise<'created' | 'exists'> {
    try {
      await this.#calls.link(temporary, target);
      return 'created';
    } catch (cause) {
      const errno = errnoOf(cause);
      // NFS may repeat a link whose answer was lost: two names of our own file mean that it succeeded.
      if (errno === 'EEXIST') return (await stat(temporary)).nlink > 1 ? 'created' : 'exists';
      if (!noHardLinks.has(errno)) throw cause;
    }
    // Without hard links a rename would overwrite. What is left is a moment between the look and the rename, in which
    // another writer could only have made the same name: keyed hashes and random ids name the same bytes or nobody else's.
    if (
      await lstat(target).then(
        () => true,
        () => false,
      )
    )
      return 'exists';
    await this.#calls.rename(temporary, target);
    return 'created';
  }

  async #sweepOnce(): Promise<void> {
    if (this.#swept) return;
    this.#swept = true;
    await makeDirectories(this.location, 'tmp');
    const directory = join(this.location, 'tmp');
    for (const name of await readdir(directory)) {
      if (!/^[0-9a-f]{24}\.part$/.test(name)) continue;
      const facts = await lstat(join(directory, name)).catch(() => null);
      if (facts?.isFile() && Date.now() - facts.mtimeMs > orphanAge) await unlink(join(directory, name)).catch(() => {});
    }
  }

  async #writeFault(cause: unknown, path: string, needed: number): Promise<LifeboatError> {
    const free = await this.#calls.free(this.location).catch(() => undefined);
    return writeFault(cause, { location: this.location, path, needed, free });
  }
}

const isAbsent = (cause: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(errnoOf(cause));
