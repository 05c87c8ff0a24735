import { BlockWriter } from './block-writer.ts';
import { blocksOf } from './blocks.ts';
import { FieldScanner, lengthWord } from './field-scanner.ts';
import { compilePlan, type ProjectionPlan, type ProjectionSpec } from './projection-plan.ts';

/** What a projection met, filled in while it runs. */
export interface ProjectionCount {
  rows: number;
  /** Per field of the rows that come in: in how many rows it held a value (not SQL NULL) and was not kept. */
  dropped: number[];
}

/** Input is read in pieces of this size, so that what waits to be taken is bounded however large the chunks are. */
const pieceSize = 1024 * 1024;

/**
 * Makes other rows of bare tuples, in flight: chosen fields in the order given (a field may be there twice), and
 * constants. Takes chunks of any size and gives blocks of 512 KiB, each the consumer's only until it asks for the next one. While kept fields stand in ascending order, a field
 * of any size passes without being held; in another order, one row at most is held, by its kept fields.
 *
 * @param count is set to zero and counted up, if given
 * @throws LifeboatError rows-malformed
 * @throws RangeError for a field that rows do not have
 */
export async function* projectRows(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  spec: ProjectionSpec,
  count?: ProjectionCount,
): AsyncGenerator<Buffer> {
  const plan = compilePlan(spec);
  const scanner = new FieldScanner(spec.fields);
  const out = new BlockWriter();
  const held = new HeldRow(spec.fields);
  const counter = count && new Counter(count, plan);
  for await (const chunk of blocksOf(chunks)) {
    for (let from = 0; from < chunk.length; from += pieceSize) {
      scanner.feed(chunk.subarray(from, from + pieceSize));
      for (let found = scanner.next(); found !== 'more'; found = scanner.next()) {
        if (found === 'row') {
          for (const step of plan.steps) {
            if (step.bytes !== null) out.copy(step.bytes, 0, step.bytes.length);
            else out.copy(scanner.chunk, scanner.offsets[step.from]!, scanner.offsets[step.to]!);
          }
          counter?.row(scanner);
        } else if (found === 'part') {
          if (plan.ascending) passPart(scanner, plan, out);
          else if (plan.kept[scanner.field] === 1) held.add(scanner);
          counter?.part(scanner);
        } else if (found === 'end') {
          if (plan.ascending) out.copy(plan.tail, 0, plan.tail.length);
          else
            for (const bytes of held.take(plan)) {
              out.copy(bytes, 0, bytes.length);
              if (out.full.length > 0) yield* out.lendFull();
            }
          counter?.end();
        }
        if (out.full.length > 0) yield* out.lendFull();
      }
    }
  }
  scanner.end();
  yield* out.rest();
}

/** One part of a row that crosses chunks, when fields leave in the order in which they come. */
function passPart(scanner: FieldScanner, plan: ProjectionPlan, out: BlockWriter): void {
  if (plan.kept[scanner.field] === 0) return;
  if (scanner.starts) {
    const lead = plan.leads[scanner.field]!;
    out.copy(lead, 0, lead.length);
    out.copy(lengthWord(scanner.length), 0, 4);
  }
  out.copy(scanner.chunk, scanner.from, scanner.to);
}

/** The kept fields of one row that crosses chunks, copied: they wait for their turn, and chunks are only lent. */
class HeldRow {
  #fields: Buffer[][];

  constructor(fields: number) {
    this.#fields = Array.from({ length: fields }, () => []);
  }

  add({ field, starts, length, chunk, from, to }: FieldScanner): void {
    if (starts) this.#fields[field]!.push(lengthWord(length));
    if (to > from) this.#fields[field]!.push(Buffer.from(chunk.subarray(from, to)));
  }

  /** The row as the plan wants it; it is forgotten afterwards. */
  *take(plan: ProjectionPlan): Generator<Buffer> {
    for (const step of plan.steps) {
      if (step.bytes !== null) yield step.bytes;
      else yield* this.#fields.slice(step.from, step.to).flat();
    }
    this.#fields = this.#fields.map(() => []);
  }
}

/** Counts the values that a projection leaves behind. */
class Counter {
  readonly #count: ProjectionCount;
  readonly #leftOut: number[];
  readonly #kept: Uint8Array;

  constructor(count: ProjectionCount, { kept }: ProjectionPlan) {
    count.rows = 0;
    count.dropped = new Array<number>(kept.length).fill(0);
    this.#count = count;
    this.#kept = kept;
    this.#leftOut = [...kept.keys()].filter((field) => kept[field] === 0);
  }

  row({ chunk, offsets }: FieldScanner): void {
    // A length of −1 is the only one with a first bit.
    for (const field of this.#leftOut) if (chunk[offsets[field]!]! < 0x80) this.#count.dropped[field]!++;
    this.#count.rows++;
  }

  part({ field, starts, length }: FieldScanner): void {
    if (starts && length !== -1 && this.#kept[field] === 0) this.#count.dropped[field]!++;
  }

  end(): void {
    this.#count.rows++;
  }
}
