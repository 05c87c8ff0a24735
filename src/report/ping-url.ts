/** What a monitor is told: that work began, that it went well, that it did not. */
export type PingSignal = 'start' | 'success' | 'fail';

/**
 * The address of a check at a monitor in the style of healthchecks.io. Whoever knows it can report for it, so it is
 * never shown. @returns null: not an http or https address, or one with a user and password in it
 */
export function parsePingUrl(text: string): URL | null {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null;
  return url && ['http:', 'https:'].includes(url.protocol) && url.username === '' && url.password === '' ? url : null;
}

/**
 * Where a signal goes: the address itself for success, `/start` and `/fail` after its path for the others, the query
 * (`?create=1`) kept. `run`: a UUID by which a monitor knows the end of which run it is.
 */
export function pingAddress(base: URL, signal: PingSignal, run: string): URL {
  const url = new URL(base);
  if (signal !== 'success') url.pathname = `${url.pathname.replace(/\/$/, '')}/${signal}`;
  if (!url.searchParams.has('rid')) url.searchParams.set('rid', run);
  url.hash = '';
  return url;
}
