/**
 * What long work tells while it runs. Work never prints: it calls `Reporter`, behind which a terminal, plain lines or
 * JSON lines live (`src/report/`).
 */
export interface Reporter {
  /** A named phase begins (`lock`, `copy`, `manifest` …); the previous one ends. Times per phase go into summaries. */
  phase(name: string, total?: { rows?: number; bytes?: number }): void;
  /** Done so far in this phase, absolute numbers. Cheap; called often; the renderer decides how often to show it. */
  progress(done: { rows?: number; bytes?: number; what?: string }): void;
  /** Something the user should know that does not stop the work; also kept for the summary. */
  warning(warning: Warning): void;
  /** A remark shown only with --verbose. */
  detail(text: string): void;
}

export interface Warning {
  /** Stable, kebab-case: `object-not-modelled`, `sequence-behind`, … */
  code: string;
  message: string;
  /** Whether it makes the result partial (exit 3). */
  partial: boolean;
}

/** Drops everything; for callers (and tests) that want no reports. */
export const silentReporter: Reporter = { phase() {}, progress() {}, warning() {}, detail() {} };
