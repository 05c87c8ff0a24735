import { harmlessFunctions } from './harmless-functions.ts';
import { afterType, isIdentifier, isMark, isWord } from './safe-type.ts';
import { type SqlToken, sqlTokens } from './sql-tokens.ts';

/** Words that may stand before a parenthesis without calling anything. */
const operatorWords = new Set(
  'all and any between case distinct else escape for from ilike in is like not or placing similar some symmetric then to when zone'.split(
    ' ',
  ),
);

/** Words that begin a subselect. (As names of columns PostgreSQL writes them quoted.) */
const queryWords = new Set(['select', 'table', 'values', 'with']);

/** Words that may stand before a parenthesis at the top of an index definition. */
const indexWords = new Set(['include', 'where', 'with']);

/**
 * Whether an expression from a vault may be given to PostgreSQL ("nothing in a vault is code"): literals, names, casts,
 * operators, and calls of harmless functions only; one expression, closed brackets, no subselect. It has still to be
 * put in parentheses by whoever uses it.
 */
export function isSafeExpression(text: string): boolean {
  const tokens = sqlTokens(text);
  return tokens !== null && tokens.length > 0 && isHarmless(tokens, new Set()) && !hasTopLevelComma(tokens);
}

/** Whether `CHECK (…)`, as pg_get_constraintdef() writes it, holds a safe expression. */
export function isSafeCheck(definition: string): boolean {
  const tokens = sqlTokens(definition);
  if (tokens === null || !isWord(tokens[0], 'check') || !isMark(tokens[1], '(')) return false;
  const end = closing(tokens, 1);
  const tail = tokens.slice(end + 1);
  const tailIsKnown = tail.length === 0 || (tail.length === 2 && isWord(tail[0], 'no') && isWord(tail[1], 'inherit'));
  return end > 2 && tailIsKnown && isHarmless(tokens.slice(1, end + 1), new Set());
}

/** Whether what follows the table's name in CREATE INDEX (`USING method (…) …`) calls harmless functions only. */
export function isSafeIndexDefinition(definition: string): boolean {
  const tokens = sqlTokens(definition);
  if (tokens === null || !isWord(tokens[0], 'using') || !isIdentifier(tokens[1]) || !isMark(tokens[2], '(')) return false;
  return isHarmless(tokens.slice(2), indexWords) && !hasTopLevelComma(tokens.slice(2));
}

function isHarmless(tokens: readonly SqlToken[], topWords: ReadonlySet<string>): boolean {
  const open: string[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as SqlToken;
    if (isMark(token, '(') || isMark(token, '[')) open.push(token.text);
    else if (isMark(token, ')') || isMark(token, ']')) {
      if (open.pop() !== (token.text === ')' ? '(' : '[')) return false;
    } else if (isMark(token, '::')) {
      const next = afterType(tokens, at + 1);
      if (next < 0) return false;
      at = next - 1;
    } else if (isIdentifier(token)) {
      const isClause = open.length === 0 && token.kind === 'word' && topWords.has(token.text);
      if (token.kind === 'word' && queryWords.has(token.text) && !isClause) return false;
      if (isMark(tokens[at + 1], '(') && !isClause && !mayBeCalled(tokens, at)) return false;
    }
  }
  return open.length === 0;
}

/** A function is known by its name in pg_catalog or without a schema: a model's user functions exist only with --with-objects. */
function mayBeCalled(tokens: readonly SqlToken[], at: number): boolean {
  const token = tokens[at] as SqlToken;
  if (isMark(tokens[at - 1], '.')) {
    const inCatalogue = isIdentifier(tokens[at - 2]) && tokens[at - 2]?.text === 'pg_catalog' && !isMark(tokens[at - 3], '.');
    return inCatalogue && harmlessFunctions.has(token.text);
  }
  return harmlessFunctions.has(token.text) || (token.kind === 'word' && operatorWords.has(token.text));
}

function hasTopLevelComma(tokens: readonly SqlToken[]): boolean {
  let depth = 0;
  for (const token of tokens) {
    if (isMark(token, '(') || isMark(token, '[')) depth++;
    else if (isMark(token, ')') || isMark(token, ']')) depth--;
    else if (depth === 0 && isMark(token, ',')) return true;
  }
  return false;
}

/** Where the parenthesis that opens at `at` closes; -1 when it does not. */
function closing(tokens: readonly SqlToken[], at: number): number {
  let depth = 0;
  for (let next = at; next < tokens.length; next++) {
    if (isMark(tokens[next], '(')) depth++;
    else if (isMark(tokens[next], ')') && --depth === 0) return next;
  }
  return -1;
}
