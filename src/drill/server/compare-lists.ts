import type { Answer, ServerQuestions } from './ask-server.ts';

/** One answer of the server beside what the rows say. */
export interface Compared {
  what: string;
  expected: number;
  found: number;
  equal: boolean;
}

/** Why there is no answer. The server's own words are left out: they can hold values of the rows. */
export interface Refusal {
  refused: string;
}

export type Ids = readonly string[] | Refusal;

export const refusal = (answer: Answer): Refusal => ({ refused: answer.status === 0 ? 'no answer' : `HTTP ${answer.status}` });

/** Which pages are asked for. */
export interface Pages {
  page: number;
  /** Not these. */
  without?: ReadonlySet<string>;
  /** Enough; not asked on. Default: all. */
  most?: number;
}

/** Ids of a list in pages, each once, in the server's order. */
export async function listIds(server: ServerQuestions, path: string, user: string, pages: Pages): Promise<Ids> {
  const { page, without = new Set(), most = Number.POSITIVE_INFINITY } = pages;
  const ids = new Set<string>();
  for (let more = ''; ; ) {
    const answer = await server.get(`${path}${path.includes('?') ? '&' : '?'}limit=${page}${more}`, user);
    if (!('body' in answer)) return refusal(answer);
    const items = answer.body as { id: string }[];
    const known = ids.size;
    for (const { id } of items) ids.add(id);
    const last = items.at(-1)?.id;
    const judged = [...ids].filter((id) => !without.has(id));
    if (last === undefined || ids.size === known || judged.length >= most) return judged.slice(0, most);
    more = `&after=${encodeURIComponent(last)}`;
  }
}

/**
 * Ids of an agent's messages, oldest first. The newest page comes first and is in order of time itself. Without
 * `use_assistant_message=false` the server leaves out what the tool `send_message` returned, and without `include_err` (0.11)
 * messages of failed steps. A message can be shown in several parts.
 */
export async function listMessages(server: ServerQuestions, agent: string, user: string, pages: Required<Pages>): Promise<Ids> {
  const path = `/v1/agents/${agent}/messages?limit=${pages.page}&use_assistant_message=false&include_err=true`;
  let ids: string[] = [];
  for (let more = ''; ; ) {
    const answer = await server.get(path + more, user);
    if (!('body' in answer)) return refusal(answer);
    const known = new Set(ids);
    const older = [...new Set((answer.body as { id: string }[]).map(({ id }) => id))].filter((id) => !known.has(id));
    ids = [...older, ...ids];
    const [oldest] = older;
    const judged = ids.filter((id) => !pages.without.has(id));
    if (oldest === undefined || judged.length >= pages.most) return judged.slice(-pages.most);
    more = `&before=${encodeURIComponent(oldest)}`;
  }
}

/** The same ids, in whatever order. */
export function compareSets(what: string, expected: readonly string[], found: Ids): Compared {
  return compareOrder(what, expected.toSorted(), 'refused' in found ? found : found.toSorted());
}

/** The same ids in the same order. */
export function compareOrder(what: string, expected: readonly string[], found: Ids): Compared {
  if ('refused' in found) return { what: `${what}: ${found.refused}`, expected: expected.length, found: 0, equal: false };
  const equal = expected.length === found.length && expected.every((id, place) => id === found[place]);
  const others = !equal && expected.length === found.length ? ': other ids, or another order' : '';
  return { what: what + others, expected: expected.length, found: found.length, equal };
}
