#!/usr/bin/env -S env MALLOC_ARENA_MAX=2 node --max-semi-space-size=1
// Rows pass through in buffers that wait for a collection: a small nursery is collected often (docs/decisions/0005).
// glibc would keep what was freed in an arena for each thread: two are as fast, and hold less (0010).
// `env` twice: pnpm takes the first word behind -S for a program.
// Plain JavaScript: has to run, and to say what is wrong, under any Node.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
const atLeast = (wantedMajor, wantedMinor) => major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);

const sources = new URL('../src/cli/main.ts', import.meta.url);
const inCheckout = existsSync(sources);
// In a checkout the TypeScript is run as it is, which takes 22.18; a package holds JavaScript.
const wanted = inCheckout ? [22, 18] : [22, 15];

if (atLeast(...wanted)) {
  await import(inCheckout ? sources.href : new URL('../dist/cli/main.js', import.meta.url).href);
} else {
  const bundled = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));
  if (inCheckout && existsSync(bundled)) {
    // `npm install` put a Node beside the checkout. Ctrl-C reaches it by itself; what is sent to us alone is passed on.
    const child = spawn(bundled, ['--max-semi-space-size=1', fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
      stdio: 'inherit',
      env: { MALLOC_ARENA_MAX: '2', ...process.env },
    });
    process.on('SIGINT', () => {});
    for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
    process.exit(await new Promise((resolve) => child.on('close', (code) => resolve(code ?? 130))));
  }
  console.error(`lifeboat needs Node ${wanted.join('.')} or later; this is ${process.version}.`);
  console.error(inCheckout ? 'Run `npm ci`: it installs one beside the checkout.' : 'Install a newer Node, then run lifeboat again.');
  process.exit(2);
}
