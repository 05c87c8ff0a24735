/** What a question to the name server asked for. */
export interface NameQuestion {
  /** Lower case, without the dot at the end. */
  name: string;
  /** 1: an IPv4 address, 28: an IPv6 address, others: RFC 1035 and later. */
  type: number;
}

const headerSize = 12;
export const addressQuestion = 1;

/** Reads the first question of a DNS message (RFC 1035 §4). @returns null for what is no question. */
export function readQuestion(message: Buffer): NameQuestion | null {
  if (message.length < headerSize || message.readUInt16BE(4) < 1 || (message[2] ?? 0) & 0x80) return null;
  const labels: string[] = [];
  let at = headerSize;
  for (;;) {
    const length = message[at];
    if (length === undefined || length > 63) return null;
    if (length === 0) break;
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  if (at + 5 > message.length) return null;
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at + 1) };
}

/**
 * The answer to a question: this IPv4 address, or none (the name exists and has no such record), which makes clients go
 * on with the addresses that they got otherwise. Never to be remembered: time to live 0.
 */
export function answerTo(message: Buffer, address: string | null): Buffer {
  let end = headerSize;
  while ((message[end] ?? 0) !== 0) end += (message[end] ?? 0) + 1;
  const question = message.subarray(headerSize, end + 5);
  const header = Buffer.alloc(headerSize);
  message.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180, 2); // an answer; recursion was done
  header.writeUInt16BE(1, 4);
  if (address === null) return Buffer.concat([header, question]);
  header.writeUInt16BE(1, 6);
  const record = Buffer.from([0xc0, headerSize, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split('.').map(Number)]);
  return Buffer.concat([header, question, record]);
}
