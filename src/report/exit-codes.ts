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
