import { isIPv6 } from 'node:net';

/** An attempt to reach something, as the packets show it. */
export interface SeenAttempt {
  to: string;
  /** null: a protocol without ports. */
  port: number | null;
  /** `tcp`, `udp`, `ping`, `protocol 47` … */
  how: string;
  /** The port that it came from. */
  source: number | null;
}

/**
 * Gives every attempt the name by which its address was asked for. Each name that is looked up gets an address of its own
 * out of 198.18.0.0/15, which belongs to nobody (RFC 2544), so that the address says afterwards which name was meant.
 */
export class NamedAttempts {
  readonly #ours: ReadonlySet<number>;
  readonly #addresses = new Map<string, string>();
  readonly #names = new Map<string, string>();

  /** @param ours ports of 127.0.0.1 where the confinement itself listens: reaching them is no attempt */
  constructor(ours: Iterable<number>) {
    this.#ours = new Set(ours);
  }

  /** The address to answer for a name: the same one each time. @throws RangeError after 131,070 names */
  addressFor(name: string): string {
    const known = this.#addresses.get(name);
    if (known !== undefined) return known;
    const number = this.#addresses.size + 1;
    if (number >= 2 ** 17 - 1) throw new RangeError('more names were looked up than there are addresses for');
    const address = `198.${18 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;
    this.#addresses.set(name, address);
    this.#names.set(address, name);
    return address;
  }

  /** `api.openai.com:443`, `[2001:db8::1]:22`, `9.9.9.9:53 (udp)`; null for what goes on within the confinement itself. */
  describe({ to, port, how, source }: SeenAttempt): string | null {
    if (to === '127.0.0.1' && ((port !== null && this.#ours.has(port)) || (how === 'udp' && source !== null && this.#ours.has(source))))
      return null;
    const host = this.#names.get(to) ?? (isIPv6(to) ? `[${to}]` : to);
    return `${host}${port === null ? '' : `:${port}`}${how === 'tcp' ? '' : ` (${how})`}`;
  }
}
