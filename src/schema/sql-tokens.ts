export interface SqlToken {
  /** `word`: an unquoted identifier or keyword, folded to lower case. `name`: a quoted identifier, unquoted. */
  kind: 'word' | 'name' | 'string' | 'number' | 'operator' | 'mark';
  text: string;
}

const identifierStart = 'A-Za-z_\\u0080-\\u{10FFFF}';

/** What PostgreSQL's own lexer would make of the text, for the part of SQL that definitions are written in. */
const patterns: readonly [SqlToken['kind'] | 'space', RegExp][] = [
  ['space', /[ \t\n\r\f]+/y],
  ['string', /[eE]'[^'\\]*(?:(?:''|\\[\s\S])[^'\\]*)*'/y],
  ['string', /[bBxX]'[0-9a-fA-F]*'/y],
  ['string', /'[^']*(?:''[^']*)*'/y],
  ['name', /"(?!"(?!"))[^"]*(?:""[^"]*)*"/y],
  ['word', new RegExp(`[${identifierStart}][${identifierStart}0-9$]*(?!['"])`, 'uy')],
  ['number', new RegExp(`(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d+)?(?![${identifierStart}0-9.$])`, 'uy')],
  ['mark', /::|[()[\],.:]/y],
  ['operator', /(?:(?!--|\/\*)[-+*/<>=~!@#%^&|`?])+/y],
];

/**
 * Takes an SQL fragment apart, or answers null when it holds anything that an expression never needs: semicolons,
 * comments, dollar quotes, parameters, unterminated quotes, prefixed literals other than E, B and X.
 */
export function sqlTokens(text: string): SqlToken[] | null {
  if (text.includes('\0')) return null;
  const tokens: SqlToken[] = [];
  for (let at = 0; at < text.length; ) {
    const found = match(text, at);
    if (found === null) return null;
    at += found.length;
    if (found.kind !== 'space') tokens.push({ kind: found.kind, text: found.text });
  }
  return tokens;
}

function match(text: string, at: number): { kind: SqlToken['kind'] | 'space'; text: string; length: number } | null {
  // A comment is refused before an operator could begin with a part of it; U&"…" would hide a name behind escapes.
  if (/^(?:--|\/\*|[uU]&['"])/.test(text.slice(at, at + 3))) return null;
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const [found] = pattern.exec(text) ?? [];
    if (found === undefined) continue;
    // Only ASCII is folded: PostgreSQL folds other letters depending on the locale.
    if (kind === 'word') return { kind, text: found.replace(/[A-Z]/g, (letter) => letter.toLowerCase()), length: found.length };
    if (kind === 'name') return { kind, text: found.slice(1, -1).replaceAll('""', '"'), length: found.length };
    return { kind, text: found, length: found.length };
  }
  return null;
}
