/**
 * The second line of defence: labels and errors hold no secrets to begin with, and whatever slips through is taken out
 * of every line on its way out. Passwords in URLs (even with `/` or `@` in them), `password=…` and age identities.
 */
export function redact(text: string): string {
  return text
    .replace(/(:\/\/[^\s:@/"'<>]*):[^\s"'<>]*@/g, '$1:…@')
    .replace(/(\bpassword=)[^\s&"'<>]+/gi, '$1…')
    .replace(/AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{20,}/gi, 'AGE-SECRET-KEY-…');
}
