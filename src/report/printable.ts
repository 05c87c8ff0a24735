/**
 * Text from databases, servers and vaults as a terminal may have it: control characters (escape sequences, line breaks)
 * and those that turn the direction of text become visible marks, so that no agent's name can pretend to be output.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, (run) => (/^[\r\n\t]+$/.test(run) ? ' ' : '\ufffd'));
}
