/** Values longer than this are left alone: they would have to pass through here as one text. */
export const longestChanged = 100_000;

type Change = (was: string | null) => string;

/** Types whose values are changed, by the name that format_type() gives without its parameters. */
const changes: ReadonlyMap<string, Change> = new Map<string, Change>([
  ['text', changedText],
  ['character varying', changedText],
  // A list with the old value in it: well-formed, and never the same.
  ['json', (was) => `[${was ?? ''}]`],
  ['jsonb', (was) => `[${was ?? ''}]`],
  ['boolean', (was) => (was === 'true' ? 'false' : 'true')],
  ['smallint', changedInteger],
  ['integer', changedInteger],
  ['bigint', changedInteger],
  ['real', changedNumber],
  ['double precision', changedNumber],
  ['date', changedDate],
  ['timestamp without time zone', changedDate],
  ['timestamp with time zone', changedDate],
  ['uuid', (was) => (was === null ? '00000000-0000-4000-8000-000000000000' : withOtherEnd(was, 'a', 'b'))],
  ['bytea', (was) => (was === null || was === '\\x' ? '\\x00' : withOtherEnd(was, '0', '1'))],
]);

const bare = (type: string): string => type.replace(/\(\d+\)/, '');

/** Whether values of this type can be changed. @param labels of the type, if it is an enum */
export function canChange(type: string, labels?: readonly string[]): boolean {
  return labels ? labels.length > 1 : bare(type) === 'vector' || changes.has(bare(type));
}

/**
 * Another value of the same type, as a cast to text gives it; the smallest change that is easily made. null: there is none
 * that is safe.
 *
 * @param type as format_type() gives it
 * @param labels of the type, if it is an enum
 */
export function changedValue(type: string, was: string | null, labels?: readonly string[]): string | null {
  if (labels) return labels.find((label) => label !== was) ?? null;
  if (bare(type) === 'vector') return changedVector(was);
  return changes.get(bare(type))?.(was) ?? null;
}

/** As long as before, so that it fits where the old one did. */
function changedText(was: string | null): string {
  return was === null || was === '' ? '~' : withOtherEnd(was, '~', '.');
}

/** The last character replaced; one beyond the basic plane is two units of a JavaScript string. */
function withOtherEnd(was: string, end: string, other: string): string {
  const characters = [...was.slice(-2)];
  const last = characters.at(-1) ?? '';
  return was.slice(0, was.length - last.length) + (last === end ? other : end);
}

function changedInteger(was: string | null): string {
  if (was === null) return '1';
  return String(BigInt(was) > 0n ? BigInt(was) - 1n : BigInt(was) + 1n);
}

function changedNumber(was: string | null): string {
  return was === '1' ? '2' : '1';
}

function changedDate(was: string | null): string {
  return was?.startsWith('2001-02-03') ? '2001-02-04' : '2001-02-03';
}

/** The first number of `[0.5,1]`; a NULL has no length that could be kept. */
function changedVector(was: string | null): string | null {
  const first = /^\[([^,\]]+)/.exec(was ?? '')?.[1];
  return first === undefined || was === null ? null : `[${first === '1' ? '2' : '1'}${was.slice(1 + first.length)}`;
}
