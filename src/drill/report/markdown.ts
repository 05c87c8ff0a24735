import { printable } from '../../report/printable.ts';

/** A heading and what stands below it; nothing where there is nothing. */
export const section = (title: string, lines: readonly string[]): string[] => (lines.length === 0 ? [] : ['', `## ${title}`, '', ...lines]);
export const list = (facts: readonly (readonly [string, string])[]): string[] => facts.map(([label, text]) => `* **${label}**: ${text}`);

/** `>title`: a column of numbers. Nothing for no rows. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(titles.map((title) => title.replace(/^>/, ''))),
    line(titles.map((title) => (title.startsWith('>') ? '--:' : '---'))),
    ...rows.map(line),
  ];
}

/** Text in which nothing is markup: names come from databases. */
export function plain(text: string): string {
  return printable(text).replace(/[\\`*_{}[\]<>#|~!&]/g, '\\$&');
}

/** A code span holds back ticks by being fenced with more of them; a pipe would end the cell of a table all the same. */
export function code(text: string): string {
  const clean = printable(text).replaceAll('|', '\\|');
  const fence = fenceFor(clean, 1);
  const space = /^`|`$/.test(clean) || clean === '' ? ' ' : '';
  return `${fence}${space}${clean}${space}${fence}`;
}

/** SQL as it is, in a block that its text cannot end. */
export function block(text: string): string[] {
  const clean = text.split(/\r?\n/).map(printable);
  const fence = fenceFor(clean.join('\n'), 3);
  return [`${fence}sql`, ...clean, fence];
}

function fenceFor(text: string, least: number): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  return '`'.repeat(Math.max(least, longest + 1));
}
