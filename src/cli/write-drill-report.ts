import type { Proof } from '../drill/proof.ts';
import { drillMarkdown } from '../drill/report/drill-markdown.ts';
import { drillPage } from '../drill/report/page.ts';
import { redact } from '../report/redact.ts';
import { checkNewFile, writeNewFile } from './read-text-file.ts';
import { usageError } from './usage-error.ts';

const forms: Record<string, (proofs: readonly Proof[]) => string> = {
  '.md': drillMarkdown,
  '.html': drillPage,
  '.json': (proofs) => `${JSON.stringify({ format: 1, proofs }, null, 2)}\n`,
};

/**
 * Writes what drills saw to a new file, for its owner only: Markdown or a page for people, JSON for programs, by how
 * the name ends. @throws LifeboatError usage | file-unwritable
 */
export async function writeDrillReport(file: string, proofs: readonly Proof[]): Promise<void> {
  await writeNewFile(file, redact(formOf(file)(proofs)));
}

/** @throws LifeboatError usage | file-unwritable: before anything is done */
export async function checkDrillReportName(file: string): Promise<void> {
  formOf(file);
  await checkNewFile(file);
}

function formOf(file: string): (proofs: readonly Proof[]) => string {
  const form = Object.entries(forms).find(([ending]) => file.endsWith(ending));
  if (form === undefined)
    throw usageError(`--report ${file}: it is not known what to write there.`, 'Give a name that ends with .md, .json or .html.');
  return form[1];
}
