import type { SegmentEntry } from './manifest.ts';

const shortest = 256;
const longest = 4096;

/**
 * Splits a table's segment entries into pages of about 1,000. Where a page ends depends on the entries' own names,
 * so that an insert changes the pages next to it and leaves the others shared between snapshots.
 */
export function paginate(entries: readonly SegmentEntry[]): SegmentEntry[][] {
  const pages: SegmentEntry[][] = [];
  let page: SegmentEntry[] = [];
  for (const entry of entries) {
    page.push(entry);
    const boundary = Number.parseInt(entry.name.slice(0, 8), 16) % 768 === 0;
    if ((page.length >= shortest && boundary) || page.length >= longest) {
      pages.push(page);
      page = [];
    }
  }
  if (page.length > 0) pages.push(page);
  return pages;
}
