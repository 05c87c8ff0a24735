import { run } from './run.ts';

// The program's first line sets it for this process (docs/decisions/0010): what is started from here is not to inherit it.
delete process.env.MALLOC_ARENA_MAX;
process.exitCode = await run(process.argv.slice(2));
// Everything is closed by now. Should something have been forgotten, it must not keep a finished program alive.
setTimeout(() => process.exit(), 1000).unref();
