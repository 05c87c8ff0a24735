/** `npm run docs:checks`: docs/checks.md, from the checks themselves. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allChecks } from '../src/verify/all-checks.ts';
import { checksDocument } from './checks-document.ts';

writeFileSync(join(import.meta.dirname, '../docs/checks.md'), checksDocument(allChecks));
console.log(`docs/checks.md: ${allChecks.length} checks`);
