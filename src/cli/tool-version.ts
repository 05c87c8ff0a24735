import { readFileSync } from 'node:fs';

/** Of package.json, which lies two folders up both in the checkout and in the package. */
export const toolVersion: string = (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string })
  .version;
