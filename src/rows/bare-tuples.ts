import { LifeboatError } from '../report/errors.ts';
import { copyHeader, copyTrailer } from './tuples.ts';

const malformed = (reason: string): LifeboatError => new LifeboatError('rows-malformed', { reason });

/** What stands before the length of the header's extension: signature and flags. */
const fixedPart = copyHeader.length - 4;

/**
 * Bare tuples, as segments hold them, made of what COPY … TO STDOUT (FORMAT binary) gives: without header and trailer.
 * Chunks are passed on without copying, so what is lent stays lent; two bytes are held back, as they may be the last ones. A stream that breaks
 * off behind two bytes that look like a trailer is cut within a row, which whoever reads the rows will see.
 *
 * @throws LifeboatError rows-malformed when header or trailer is not there
 */
export async function* bareTuples(stream: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<Buffer> {
  let begin: Buffer | null = Buffer.alloc(0);
  let tail: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    let rest = chunk;
    if (begin !== null) {
      begin = Buffer.concat([begin, chunk]);
      const length = headerLength(begin);
      if (length === null || begin.length < length) continue;
      rest = begin.subarray(length);
      begin = null;
    }
    if (rest.length < copyTrailer.length) rest = Buffer.concat([tail, rest]);
    else if (tail.length > 0) yield tail;
    const end = Math.max(0, rest.length - copyTrailer.length);
    if (end > 0) yield rest.subarray(0, end);
    tail = Buffer.from(rest.subarray(end)); // a chunk may be lent only
  }
  if (begin !== null) throw malformed('the stream ends within its header');
  if (!tail.equals(copyTrailer)) throw malformed('the stream ends without its trailer');
}

/** Length of the header with its extension; null while too little of it is there. */
function headerLength(begin: Buffer): number | null {
  if (begin.length < copyHeader.length) return null;
  if (!begin.subarray(0, fixedPart).equals(copyHeader.subarray(0, fixedPart))) throw malformed('no COPY header');
  const extension = begin.readUInt32BE(fixedPart);
  // PostgreSQL writes none; one of any size would be held here.
  if (extension > 64 * 1024) throw malformed(`a header extension of ${extension} bytes`);
  return copyHeader.length + extension;
}
