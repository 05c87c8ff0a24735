import { type SqlToken, sqlTokens } from './sql-tokens.ts';

/** Whether a text is the name of a type, as format_type() writes it, and nothing else. */
export function isSafeType(text: string): boolean {
  const tokens = sqlTokens(text);
  return tokens !== null && afterType(tokens, 0) === tokens.length;
}

/** The name of a type without modifier and brackets, and its schema when it is qualified; null for what is no type. */
export function typeName(text: string): { schema: string | null; name: string } | null {
  const tokens = sqlTokens(text);
  if (tokens === null || afterType(tokens, 0) !== tokens.length) return null;
  const qualified = isMark(tokens[1], '.');
  return { schema: qualified ? (tokens[0]?.text ?? null) : null, name: tokens[qualified ? 2 : 0]?.text ?? '' };
}

/** Where the tokens go on after the type that begins at `at`; -1 when none does. */
export function afterType(tokens: readonly SqlToken[], at: number): number {
  let next = afterName(tokens, at);
  if (next < 0) return -1;
  const word = next === at + 1 && tokens[at]?.kind === 'word' ? tokens[at]?.text : undefined;
  if (word === 'double') {
    if (!isWord(tokens[next], 'precision')) return -1;
    next++;
  } else if ((word === 'character' || word === 'bit') && isWord(tokens[next], 'varying')) {
    next++;
  } else if (word === 'interval') {
    while (/^(?:year|month|day|hour|minute|second|to)$/.test(tokens[next]?.kind === 'word' ? (tokens[next]?.text ?? '') : '')) next++;
  }
  next = afterModifier(tokens, next);
  if (word === 'timestamp' || word === 'time') {
    const zoned = isWord(tokens[next], 'with', 'without') && isWord(tokens[next + 1], 'time') && isWord(tokens[next + 2], 'zone');
    if (zoned) next += 3;
  }
  next = afterBrackets(tokens, next);
  return isMark(tokens[next], '(') ? -1 : next; // a modifier that is no plain constant
}

/** `name` or `schema.name`. */
function afterName(tokens: readonly SqlToken[], at: number): number {
  if (!isIdentifier(tokens[at])) return -1;
  if (!isMark(tokens[at + 1], '.')) return at + 1;
  return isIdentifier(tokens[at + 2]) ? at + 3 : -1;
}

/** `(4096)`, `(10,2)`, `(Point,4326)`: nothing that is evaluated. Without one, the place itself. */
function afterModifier(tokens: readonly SqlToken[], at: number): number {
  if (!isMark(tokens[at], '(')) return at;
  for (let next = at + 1; next < tokens.length; next += 2) {
    const token = tokens[next];
    const value = isMark(token, '(') ? undefined : token?.text === '-' ? tokens[++next] : token;
    if (value?.kind !== 'number' && value?.kind !== 'word') return at;
    if (isMark(tokens[next + 1], ')')) return next + 2;
    if (!isMark(tokens[next + 1], ',')) return at;
  }
  return at;
}

function afterBrackets(tokens: readonly SqlToken[], at: number): number {
  let next = at;
  while (isMark(tokens[next], '[')) {
    const end = tokens[next + 1]?.kind === 'number' ? next + 2 : next + 1;
    if (!isMark(tokens[end], ']')) break;
    next = end + 1;
  }
  return next;
}

export function isIdentifier(token: SqlToken | undefined): boolean {
  return token?.kind === 'word' || token?.kind === 'name';
}

export function isWord(token: SqlToken | undefined, ...words: string[]): boolean {
  return token?.kind === 'word' && words.includes(token.text);
}

export function isMark(token: SqlToken | undefined, mark: string): boolean {
  return token?.kind === 'mark' && token.text === mark;
}
