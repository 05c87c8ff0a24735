/** Whether a word on the command line means a database (and not a snapshot). */
export function namesDatabase(text: string): boolean {
  return text === '-' || text.includes('://') || text.startsWith('pglite:');
}

/** Whether a word is the name of a database beside another one, and not a URL or a directory. */
export function isBareName(text: string): boolean {
  return text !== '-' && text !== '' && !/[:/\\=]/.test(text);
}
