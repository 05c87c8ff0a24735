/**
 * What becomes of values that a release change does not simply carry. `derived`: computed anew from what the snapshot
 * holds (nothing is missing). `set aside`: taken out of the server's sight, kept in the built database, reversible.
 * `unchecked`: carried byte for byte, and nobody could see whether a server can read it (ciphertexts, when no key was given).
 * `dropped`: only the snapshot has it still.
 */
export type LossClass = 'derived' | 'set aside' | 'unchecked' | 'dropped';

/** One line of the loss report. */
export interface Loss {
  class: LossClass;
  /** Letta's table in the snapshot (for `derived`: the table that received the values). */
  table: string;
  /** null when whole rows are meant. */
  column: string | null;
  /** How many rows it concerns; 0 is never reported. */
  rows: number;
  /** In plain words: why, and what a server or a person will notice. */
  reason: string;
  /** Agents whose rows these are, where a row says so; the ones with most rows first, at most 100. */
  agents: { id: string; rows: number }[];
  /** Keys of rows as examples (`id=tool-…`), at most 10. Never a value. */
  examples: string[];
  /** SQL or words that bring it back, for what was set aside. */
  wayBack?: string;
}
