import { type ErrorCode, errorRegistry } from './error-registry.ts';

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

function fill(template: string, facts: Facts): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const fact = facts[name];
    return Array.isArray(fact) ? fact.join(', ') : String(fact ?? `(${name})`);
  });
}
