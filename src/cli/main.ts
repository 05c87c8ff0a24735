import { run } from './run.ts';

process.exitCode = await run(process.argv.slice(2));
// Everything is closed by now. Should something have been forgotten, it must not keep a finished program alive.
setTimeout(() => process.exit(), 1000).unref();
