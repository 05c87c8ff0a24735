/** Characters of a line that the demo shows. */
export const width = 108;

/** Rows alike of which two say enough: the demo looks at each of them by itself. */
const alike = [/ agent-[0-9a-f-]{36} +\d+ {2}there$/, /^derived /];

/** The first line of a finding that is no error; what belongs to it is set in below. */
const harmless = /^(?:warning|note) {2}[a-z-]+ {2}\S/;

/**
 * What the program printed, for a reader of the demo: without its hints at the end, which are what the demo does next;
 * paths within the demo's directory; two rows of many alike; one finding of several that are no errors; long lines
 * folded. Nothing else is changed.
 */
export function fitted(output: string, directory: string): string[] {
  const hints = output.search(/^\n?Next:$/m);
  const text = (hints < 0 ? output : output.slice(0, hints)).trimEnd().replaceAll(`${directory}/`, '');
  return elided(firstFinding(text.split('\n'))).flatMap(folded);
}

/** Of findings in a row that are no errors, the first; the others are counted. */
function firstFinding(lines: readonly string[]): string[] {
  const shown: string[] = [];
  let found = 0;
  for (const line of lines) {
    const begins = harmless.test(line);
    if (begins) found++;
    else if (!line.startsWith('    ')) found = 0;
    if (found <= 1) shown.push(line);
    else if (begins) {
      if (found > 2) shown.pop();
      shown.push(`… (${found - 1} more)`);
    }
  }
  return shown;
}

function elided(lines: readonly string[]): string[] {
  const kind = (line: string) => alike.findIndex((pattern) => pattern.test(line));
  const shown: string[] = [];
  for (const [index, line] of lines.entries()) {
    const own = kind(line);
    if (own < 0 || index < 2 || kind(lines[index - 1] ?? '') !== own || kind(lines[index - 2] ?? '') !== own) shown.push(line);
    else {
      const last = shown.at(-1) ?? '';
      const more = Number(/^… \((\d+) more\)$/.exec(last)?.[1] ?? 0);
      if (more > 0) shown.pop();
      shown.push(`… (${more + 1} more)`);
    }
  }
  return shown;
}

/** At a space, with what follows set in below; a word too long for a line stays whole. */
function folded(line: string): string[] {
  const indent = ' '.repeat((/^ */.exec(line)?.[0].length ?? 0) + 4);
  const lines: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const at = rest.lastIndexOf(' ', width);
    if (at <= indent.length) break;
    lines.push(rest.slice(0, at).trimEnd());
    rest = indent + rest.slice(at).trimStart();
  }
  return [...lines, rest];
}
