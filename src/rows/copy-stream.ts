import { copyHeader, copyTrailer } from './tuples.ts';

/** Bare tuples, as segments hold them, made into what COPY … FROM STDIN (FORMAT binary) takes. */
export async function* copyStream(tuples: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<Buffer> {
  yield copyHeader;
  yield* tuples;
  yield copyTrailer;
}

/** The tuples of several runs, one after the other. */
export async function* tuplesOf(runs: AsyncIterable<{ chunks: Buffer[] }> | Iterable<{ chunks: Buffer[] }>): AsyncGenerator<Buffer> {
  for await (const run of runs) yield* run.chunks;
}
