import { printable } from '../../report/printable.ts';

/** Text that is HTML already. Only `html` and `lines` make it, so nothing reaches a page without being escaped. */
export class Html {
  readonly source: string;

  private constructor(source: string) {
    this.source = source;
  }

  static of(strings: readonly string[], values: readonly HtmlValue[]): Html {
    return new Html(strings.map((string, index) => (index === 0 ? string : sourceOf(values[index - 1] ?? null) + string)).join(''));
  }

  /** Text of several lines, for `<pre>`: line breaks stay. */
  static lines(text: string): Html {
    return new Html(text.split(/\r?\n/).map(escaped).join('\n'));
  }
}

export type HtmlValue = Html | string | number | null | readonly HtmlValue[];

/** HTML with every value escaped, control characters and those that turn text around made visible; arrays are joined, null is nothing. */
export const html = (strings: TemplateStringsArray, ...values: HtmlValue[]): Html => Html.of(strings, values);
export const { lines } = Html;

function sourceOf(value: HtmlValue): string {
  if (value === null) return '';
  if (value instanceof Html) return value.source;
  if (typeof value === 'object') return value.map(sourceOf).join('');
  return escaped(String(value));
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escaped(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
