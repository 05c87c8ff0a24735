import type { Proof } from '../drill/proof.ts';
import { drillMarkdown } from '../drill/report/drill-markdown.ts';
import { drillPage, type Undrilled } from '../drill/report/page.ts';
import { redact } from '../report/redact.ts';
import { checkNewFile, writeNewFile } from './read-text-file.ts';
import { usageError } from './usage-error.ts';

type Form = (proofs: readonly Proof[], undrilled: readonly Undrilled[]) => string;

const forms: Record<string, Form> = {
  '.md': (...seen) => redact(drillMarkdown(...seen)),
  '.html': (...seen) => redact(drillPage(...seen)),
  '.json': (proofs, undrilled) => `${JSON.stringify({ format: 1, proofs, undrilled }, redacted, 2)}\n`,
};

/** Of each text by itself: taken out of JSON, a secret would take the quotes around it along. */
const redacted = (_: string, value: unknown) => (typeof value === 'string' ? redact(value) : value);

/**
 * Writes what drills saw to a new file, for its owner only: Markdown or a page for people, JSON for programs, by how
 * the name ends. @throws LifeboatError usage | file-unwritable
 */
export async function writeDrillReport(file: string, proofs: readonly Proof[], undrilled: readonly Undrilled[] = []): Promise<void> {
  await writeNewFile(file, formOf(file)(proofs, undrilled));
}

/** @throws LifeboatError usage | file-unwritable: before anything is done */
export async function checkDrillReportName(file: string): Promise<void> {
  formOf(file);
  await checkNewFile(file);
}

function formOf(file: string): Form {
  const form = Object.entries(forms).find(([ending]) => file.endsWith(ending));
  if (form === undefined)
    throw usageError(`--report ${file}: it is not known what to write there.`, 'Give a name that ends with .md, .json or .html.');
  return form[1];
}
