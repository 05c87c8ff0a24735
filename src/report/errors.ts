/** The exit codes of design/interface; unknown non-zero = failure. */
export const exitCodes = {
  done: 0,
  error: 1,
  usage: 2,
  partial: 3,
  differences: 4,
  noVault: 10,
  locked: 11,
  wrongKey: 12,
  corruption: 13,
  precondition: 14,
  unsupported: 15,
  unreachable: 20,
  interrupted: 130,
} as const;

type Facts = Record<string, string | number | readonly string[] | undefined>;

interface ErrorEntry {
  exit: number;
  /** What happened, in one sentence. `{name}` is filled from the facts. */
  what: string;
  /** Why it matters or how it comes about. */
  why: string;
  /** What to do now: a command where there is one. */
  next: string;
}

const entry = (exit: number, what: string, why: string, next: string): ErrorEntry => ({ exit, what, why, next });

/**
 * Every error that Lifeboat can end with. Text is built here and nowhere else. `{fact}` is replaced by the fact of
 * that name; facts never hold secrets.
 */
export const errorRegistry = {
  'internal': entry(1, 'Lifeboat failed: {reason}', 'This is a defect of Lifeboat, not of your data. Nothing that was acknowledged is lost.', 'Run again with --verbose and report the output.'),
  'usage': entry(2, '{reason}', 'The command line was not understood.', 'lifeboat {verb} --help'),
  'interrupted': entry(130, 'Interrupted.', 'A signal asked Lifeboat to stop; locks were released and no half snapshot exists.', 'Run the same command again; finished work is used again.'),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorRegistry;

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
