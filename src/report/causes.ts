/** An error and what led to it, outermost first, each with its stack. For --verbose. */
export function causesOf(error: unknown): string[] {
  const found: string[] = [];
  for (
    let current = error;
    current !== undefined && current !== null && found.length < 8;
    current = (current as { cause?: unknown }).cause
  ) {
    found.push(current instanceof Error ? (current.stack ?? current.message) : String(current));
  }
  return found;
}
