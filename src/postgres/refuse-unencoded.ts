import { LifeboatError } from '../report/errors.ts';

/**
 * Refuses a URL that could be read in two ways because a password in it was typed as it is: its `/`, `?` and `#` would
 * end the host's part, and what follows would pass for a database, a parameter or nothing at all; with a second `@`
 * nobody can tell which one ends the password. Any guess could take a piece of the password for a host and print it, so
 * the error repeats nothing of the URL. libpq refuses a parameter without `=`, too.
 *
 * @param address what stands behind `postgresql://`
 * @throws LifeboatError url-not-encoded
 */
export function refuseUnencoded(address: string): void {
  const authority = /^[^/?#]*/.exec(address)?.[0] ?? '';
  const query = /\?(.*)$/s.exec(address)?.[1] ?? '';
  const ambiguous =
    address.includes('#') ||
    authority.indexOf('@') !== address.lastIndexOf('@') ||
    query.split('&').some((parameter) => parameter !== '' && !parameter.includes('='));
  if (ambiguous) throw new LifeboatError('url-not-encoded', {});
}
