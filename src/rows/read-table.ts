import type { Session } from '../postgres/database.ts';
import { quoteIdent } from '../schema/model.ts';
import { type Block, BlockPool, pooledBlocksOf, type RowStream } from './block-pool.ts';
import { ByteQueue } from './byte-queue.ts';
import { cutAfter, cutBefore, type RowCut } from './cuts.ts';
import type { RowOrder } from './order.ts';
import type { TableShape } from './shape.ts';
import { TupleParser } from './tuples.ts';

/** Whole rows of one table that follow each other: what becomes a segment. */
export interface RowRun {
  /** Tuples in binary COPY format, without header and trailer. */
  chunks: Buffer[];
  bytes: number;
  rows: number;
  /** Key fields of the first and last row: each int32 length ‖ bytes, together cut off at 1 KiB. */
  firstKey: Buffer;
  lastKey: Buffer;
  /** Says that the chunks are not needed any more: their memory is used for other rows then. To be called once, or not at all. */
  release(): void;
}

export interface TableSource {
  /** Quoted and qualified. */
  from: string;
  shape: TableShape;
  order: RowOrder;
}

/** Reads a table's rows in order, as runs. Holds one run and one block at a time, however large the table is. */
export function readTable(session: Session, source: TableSource, cut: RowCut, pool?: BlockPool): AsyncGenerator<RowRun> {
  const parser = new TupleParser(source.shape.columns.length, source.order.key);
  return runsOf((take) => session.copyOut(readStatement(source), take), parser, cut, pool);
}

/** The statement that reads a table: explicit columns, no child tables, total order. */
export function readStatement({ from, shape, order }: TableSource): string {
  const columns = shape.columns.map(({ name, as }) => (as === 'binary' ? quoteIdent(name) : `${quoteIdent(name)}::text`));
  const orderBy = order.by.length === 0 ? '' : ` ORDER BY ${order.by.join(', ')}`;
  return `COPY (SELECT ${columns.join(', ')} FROM ONLY ${from}${orderBy}) TO STDOUT (FORMAT binary)`;
}

/** Cuts a stream of rows into runs. */
export async function* runsOf(stream: RowStream, parser: TupleParser, cut: RowCut, pool = new BlockPool()): AsyncGenerator<RowRun> {
  const queue = new ByteQueue();
  let bytes = 0;
  let rows = 0;
  let firstKey: Buffer | undefined;
  /** The blocks that the waiting bytes lie in. */
  let held: Block[] = [];

  const wait = (block: Block, from: number) => {
    queue.push(block.memory.subarray(from, parser.at));
    if (held.at(-1) === block) return;
    block.hold();
    held.push(block);
  };

  /** Ends the run behind its last row, whose key is given. */
  const finish = (chunks: Buffer[], key: Buffer, keyLength: number, rest: Block[]): RowRun => {
    const lastKey = Buffer.from(key.subarray(0, keyLength));
    const blocks = held;
    const release = () => {
      for (const block of blocks) block.release();
    };
    const run = { chunks, bytes, rows, firstKey: firstKey ?? lastKey, lastKey, release };
    bytes = 0;
    rows = 0;
    firstKey = undefined;
    held = rest;
    return run;
  };

  for await (const block of pooledBlocksOf(stream, pool)) {
    parser.feed(block.bytes);
    let from = parser.at;
    while (parser.next()) {
      const decision = cut.next(parser.key, parser.keyLength, parser.rowBytes);
      if ((decision & cutBefore) !== 0 && rows > 0) {
        wait(block, from);
        from = parser.at;
        // The row that has just been found waits on, in some of the same blocks.
        const rest = [...held];
        for (const each of rest) each.hold();
        yield finish(queue.take(bytes), parser.previousKey, parser.previousKeyLength, rest);
      }
      firstKey ??= Buffer.from(parser.key.subarray(0, parser.keyLength));
      bytes += parser.rowBytes;
      rows++;
      if ((decision & cutAfter) !== 0) {
        wait(block, from);
        from = parser.at;
        yield finish(queue.takeAll(), parser.key, parser.keyLength, []);
      }
    }
    if (parser.at > from) wait(block, from);
    block.release();
  }
  parser.end();
  if (rows > 0) yield finish(queue.take(bytes), parser.key, parser.keyLength, []);
}
