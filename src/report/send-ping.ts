import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds that one attempt may take, redirects included. */
const patience = 10_000;
/** Milliseconds before the second and the third attempt. */
const pauses = [1000, 3000];
const redirectsAllowed = 3;
/** Bytes of an answer that are looked at. */
const answerRead = 256;

class Refused extends Error {}

/**
 * One signal to a monitor, tried three times. @returns null when it was taken, else why not: never with the address.
 * @param signal gives up early
 */
export async function sendPing(
  url: URL,
  body: string,
  { userAgent, signal }: { userAgent: string; signal?: AbortSignal },
): Promise<string | null> {
  let reason = '';
  for (const pause of [0, ...pauses]) {
    try {
      if (pause > 0) await sleep(pause, undefined, { ...(signal && { signal }) });
      await attempt(url, body, userAgent, AbortSignal.any([AbortSignal.timeout(patience), ...(signal ? [signal] : [])]));
      return null;
    } catch (error) {
      if (signal?.aborted) return 'it was not waited for';
      reason = reasonOf(error);
      if (error instanceof Refused) return reason;
    }
  }
  return reason;
}

async function attempt(url: URL, body: string, userAgent: string, signal: AbortSignal): Promise<void> {
  let to = url;
  for (let redirects = 0; redirects <= redirectsAllowed; redirects++) {
    const answer = await fetch(to, {
      method: 'POST',
      body,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'user-agent': userAgent },
      redirect: 'manual',
      signal,
    });
    const text = await beginning(answer);
    const location = answer.headers.get('location');
    if (answer.status < 300 || answer.status > 399 || location === null) return judge(answer.status, text);
    to = redirected(to, location);
  }
  throw new Refused(`it redirects more than ${redirectsAllowed} times`);
}

function judge(status: number, text: string): void {
  // Healthchecks.io answers 200 with these words for a check that is not there, and when it is asked too often.
  const ignored = /^OK \((not found|rate limited)\)/.exec(text)?.[1];
  if (ignored !== undefined) throw new Refused(`it answered OK, but ${ignored}`);
  if (status >= 200 && status <= 299) return;
  // Asking again helps only where the trouble is the other side's.
  if (status >= 500 || status === 408 || status === 429) throw new Error(`it answered ${status}`);
  throw new Refused(`it answered ${status}`);
}

/** An address that is a secret does not leave the encrypted way. */
function redirected(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from.href) : null;
  if (to === null || !['http:', 'https:'].includes(to.protocol) || (from.protocol === 'https:' && to.protocol === 'http:'))
    throw new Refused('it redirects to an address that is not followed');
  return to;
}

/** The first bytes of an answer; the rest is not waited for. */
async function beginning(answer: Response): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length >= answerRead) break;
  }
  return text.slice(0, answerRead);
}

/** Errors of fetch say little themselves; their cause may name the host, and nothing of the path. */
function reasonOf(error: unknown): string {
  if (error instanceof Refused) return error.message;
  const { name, message, cause } = error as Error & { cause?: { code?: string } };
  if (name === 'TimeoutError') return `no answer within ${patience / 1000} s`;
  return cause?.code ?? (message.startsWith('it answered') ? message : 'the connection failed');
}
