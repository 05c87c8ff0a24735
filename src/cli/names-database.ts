/** Whether a word on the command line means a database (and not a snapshot). */
export function namesDatabase(text: string): boolean {
  return text === '-' || text.includes('://') || text.startsWith('pglite:');
}
