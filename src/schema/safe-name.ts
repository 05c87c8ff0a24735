import { isIdentifier, isMark } from './safe-type.ts';
import { sqlTokens } from './sql-tokens.ts';

/** Whether a text is a name, `name` or `schema.name`, quoted where it must be, and nothing else. */
export function isSafeName(text: string): boolean {
  const tokens = sqlTokens(text);
  if (tokens === null || !isIdentifier(tokens[0])) return false;
  return tokens.length === 1 || (tokens.length === 3 && isMark(tokens[1], '.') && isIdentifier(tokens[2]));
}
