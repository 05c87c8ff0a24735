import { type FileHandle, link, rename, statfs } from 'node:fs/promises';

/**
 * The system calls of a write that can fail in ways worth rehearsing (disk full, broken fsync, no hard links). Tests
 * put their own in place of one.
 */
export interface FileCalls {
  /** Writes all of it. */
  write(file: FileHandle, bytes: Buffer): Promise<void>;
  sync(file: FileHandle): Promise<void>;
  link(from: string, to: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Bytes that this process may still write there. */
  free(directory: string): Promise<number>;
}

export const systemFileCalls: FileCalls = {
  async write(file, bytes) {
    for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at, bytes.length - at)).bytesWritten;
  },
  sync: (file) => file.sync(),
  link,
  rename,
  async free(directory) {
    const facts = await statfs(directory);
    return facts.bavail * facts.bsize;
  },
};
