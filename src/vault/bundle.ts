import type { SegmentEntry, TableEntry } from './manifest.ts';
import { bytesContent } from './table-content.ts';
import type { PlainContent } from './vault.ts';

/** A table whose whole content is smaller than this shares an object with others. */
export const bundleBelow = 256 * 1024;
const bundleSize = 4 * 1024 * 1024;

export interface BundlePart {
  table: Omit<TableEntry, 'content'>;
  segment: SegmentEntry;
  chunks: Buffer[];
}

export interface Bundle {
  content: PlainContent;
  parts: { table: Omit<TableEntry, 'content'>; segment: SegmentEntry; offset: number }[];
}

/** Packs small tables in the given order (callers sort, so that equal content makes equal bundles). */
export function packBundles(parts: readonly BundlePart[]): Bundle[] {
  const bundles: Bundle[] = [];
  let chunks: Buffer[] = [];
  let members: Bundle['parts'] = [];
  let offset = 0;
  const close = () => {
    if (members.length > 0) bundles.push({ content: bytesContent('bundle', chunks), parts: members });
    [chunks, members, offset] = [[], [], 0];
  };
  for (const part of parts) {
    if (offset + part.segment.bytes > bundleSize) close();
    members.push({ table: part.table, segment: part.segment, offset });
    chunks.push(...part.chunks);
    offset += part.segment.bytes;
  }
  close();
  return bundles;
}
