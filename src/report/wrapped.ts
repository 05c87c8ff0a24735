/** Lines narrower than this are not worth wrapping for: a terminal says 0 or 1 when it does not know. */
const narrowest = 20;

/** A line broken between words into lines of at most `width` characters. A longer word (an id, a URL) stays whole, so that it can be copied. Pure. */
export function wrapped(line: string, width: number): string[] {
  if (line.length <= width || width < narrowest) return [line];
  const lines: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const before = rest.lastIndexOf(' ', width);
    const at = before > 0 ? before : rest.indexOf(' ', width);
    if (at < 0) break;
    lines.push(rest.slice(0, at));
    rest = rest.slice(at + 1);
  }
  return [...lines, rest];
}
