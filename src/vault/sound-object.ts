import { freeMemory } from './free-memory.ts';
import type { Opening } from './object-format.ts';
import { ObjectNamer } from './object-name.ts';
import { largest } from './press-limits.ts';
import type { NameParts } from './press-orders.ts';
import { openWhole } from './whole-object.ts';

/**
 * Pieces of the same size each time, what most need: what is freed fits the next one, and the C library, which keeps as
 * much as the largest piece that was ever freed, keeps little. What needs more gets more.
 */
const plainSize = 4 * 1024 * 1024 + 1024;

/** The keyed name of a content that lies in these pieces. */
export function nameOf(nameKey: Buffer, { kind, shapeHash, rows }: NameParts, pieces: readonly Uint8Array[]): string {
  const namer = new ObjectNamer(nameKey, kind, Buffer.from(shapeHash));
  for (const piece of pieces) namer.update(piece);
  return namer.name(rows);
}

/**
 * Opens an object in one piece of memory, and gives that back.
 * @returns length of the plain bytes; null when they are not what the name stands for
 * @throws what opening throws for damage, and Error for an object that is too large to be opened so
 */
export function soundLength(stored: Buffer, opening: Opening, nameKey: Buffer, content: NameParts & { name: string }): number | null {
  const plain = openWhole(stored, content.kind, opening, largest, plainSize);
  if (plain === null) throw new Error('it is too large to be opened in one piece');
  const { length } = plain;
  const found = nameOf(nameKey, content, [plain]);
  freeMemory(plain);
  return found === content.name ? length : null;
}
