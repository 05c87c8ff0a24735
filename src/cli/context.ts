import type { Output } from '../report/output.ts';

export interface GlobalFlags {
  json?: true;
  quiet?: true;
  verbose?: true;
  yes?: true;
  /** Of the verbs that have it. A secret. */
  ping?: string;
}

/** What every verb is given besides its own words and flags. */
export interface Context {
  output: Output;
  /** Aborted by the first SIGINT or SIGTERM. */
  signal: AbortSignal;
  /** Questions are answered yes beforehand. */
  yes: boolean;
  /** Whether there is a person at a terminal to ask. */
  interactive: boolean;
  environment: NodeJS.ProcessEnv;
  toolVersion: string;
}

/** How a vault is named and opened. */
export interface VaultFlags {
  vault?: string;
  identity?: string;
  kit?: string;
}
