import { type ErrorCode, errorRegistry } from './error-registry.ts';
import { formatTime } from './format.ts';

type Facts = Record<string, string | number | readonly string[] | undefined>;

/** An error with a registered code. Its message is for people; `code`, `exit` and `facts` are for programs. */
export class LifeboatError extends Error {
  readonly code: ErrorCode;
  readonly exit: number;
  readonly why: string;
  readonly next: string;
  readonly facts: Facts;

  constructor(code: ErrorCode, facts: Facts = {}, options: { cause?: unknown } = {}) {
    const registered = errorRegistry[code];
    super(fill(registered.what, facts), options);
    this.name = 'LifeboatError';
    this.code = code;
    this.exit = registered.exit;
    this.why = fill(registered.why, facts);
    this.next = fill(registered.next, facts);
    this.facts = facts;
  }
}

/** How facts hold a time, for programs; people read it as everywhere else. */
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function fill(template: string, facts: Facts): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const fact = facts[name];
    if (Array.isArray(fact)) return fact.join(', ');
    return typeof fact === 'string' && instant.test(fact) ? formatTime(fact) : String(fact ?? `(${name})`);
  });
}
