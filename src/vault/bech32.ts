const alphabet = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** Decodes Bech32 (BIP 173): the writing of age's keys. @throws RangeError for a wrong checksum or form */
export function decodeBech32(text: string): { prefix: string; bytes: Buffer } {
  if (text.length > 1000 || (text !== text.toLowerCase() && text !== text.toUpperCase())) throw new RangeError('not Bech32');
  const lower = text.toLowerCase();
  const split = lower.lastIndexOf('1');
  const prefix = lower.slice(0, split);
  const values = [...lower.slice(split + 1)].map((letter) => alphabet.indexOf(letter));
  if (split < 1 || values.length < 6 || values.includes(-1) || checksum(prefix, values) !== 1) throw new RangeError('not Bech32');
  return { prefix, bytes: regroup(values.slice(0, -6)) };
}

function checksum(prefix: string, values: readonly number[]): number {
  const codes = [...prefix].map((letter) => letter.charCodeAt(0));
  let sum = 1;
  for (const value of [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31), ...values]) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    generators.forEach((generator, bit) => {
      if ((top >> bit) & 1) sum ^= generator;
    });
  }
  return sum;
}

function regroup(fives: readonly number[]): Buffer {
  const bytes: number[] = [];
  let held = 0;
  let bits = 0;
  for (const five of fives) {
    held = ((held << 5) | five) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 0xff);
  }
  if (bits >= 5 || (held & ((1 << bits) - 1)) !== 0) throw new RangeError('not Bech32');
  return Buffer.from(bytes);
}
