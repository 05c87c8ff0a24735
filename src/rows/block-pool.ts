/** A piece of memory that several runs of rows may lie in. It is free again when everyone who held it has let go. */
export class Block {
  readonly memory: Buffer;
  /** How much of it is filled. */
  length = 0;
  readonly #free: () => void;
  #holders = 1;

  constructor(memory: Buffer, free: () => void) {
    [this.memory, this.#free] = [memory, free];
  }

  get bytes(): Buffer {
    return this.memory.subarray(0, this.length);
  }

  hold(): void {
    this.#holders++;
  }

  release(): void {
    if (--this.#holders === 0) this.#free();
  }
}

/**
 * Blocks that are used again and again: rows pass through a few of them, where fresh ones for every megabyte would wait for
 * V8 to collect them. They are shared memory, so other threads can read rows where they lie.
 */
export class BlockPool {
  readonly #size: number;
  /** How many free blocks are kept: a row of hundreds of megabytes needs many once, and they go again. */
  readonly #kept: number;
  #free: Buffer[] = [];

  constructor(size = 512 * 1024, kept = 32) {
    [this.#size, this.#kept] = [size, kept];
  }

  /** An empty block, held by who takes it. One that nobody releases is collected like any other memory. */
  take(): Block {
    const memory = this.#free.pop() ?? Buffer.from(new SharedArrayBuffer(this.#size));
    return new Block(memory, () => {
      if (this.#free.length < this.#kept) this.#free.push(memory);
    });
  }
}

/**
 * The pool of all that reads tables whole: an upgrade is a backup and a proof in one process, and memory of the first that
 * V8 has not collected yet would stand beside that of the second.
 */
export const tableBlocks = new BlockPool();

/** Where rows come from: a stream of chunks, or one that can be told which memory to fill. */
export type RowStream = AsyncIterable<Buffer> | Iterable<Buffer> | ((take: () => Buffer) => AsyncIterable<Buffer>);

/**
 * Puts a stream into blocks of a pool. A block belongs to whoever receives it until it is released. A stream that fills
 * the memory that it is given is not copied again.
 */
export async function* pooledBlocksOf(stream: RowStream, pool: BlockPool): AsyncGenerator<Block> {
  const given: Block[] = [];
  const take = () => {
    const block = pool.take();
    given.push(block);
    return block.memory;
  };
  let block: Block | null = null;
  for await (const chunk of typeof stream === 'function' ? stream(take) : stream) {
    if (given[0]?.memory.buffer === chunk.buffer) {
      const filled = given.shift() as Block;
      filled.length = chunk.length;
      yield filled;
      continue;
    }
    for (let from = 0; from < chunk.length; ) {
      block ??= pool.take();
      const copied = chunk.copy(block.memory, block.length, from);
      from += copied;
      block.length += copied;
      if (block.length < block.memory.length) continue;
      yield block;
      block = null;
    }
  }
  if (block !== null) yield block;
}

/** The same as chunks, each the receiver's only until it asks for the next one. */
export async function* lentBlocksOf(stream: RowStream, pool: BlockPool): AsyncGenerator<Buffer> {
  for await (const block of pooledBlocksOf(stream, pool)) {
    yield block.bytes;
    block.release();
  }
}
