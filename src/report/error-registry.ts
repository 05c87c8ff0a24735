interface ErrorEntry {
  exit: number;
  /** What happened, in one sentence. `{name}` is filled from the facts. */
  what: string;
  /** Why it matters or how it comes about. */
  why: string;
  /** What to do now: a command where there is one. */
  next: string;
}

const entry = (exit: number, what: string, why: string, next: string): ErrorEntry => ({ exit, what, why, next });

/**
 * Every error that Lifeboat can end with. Text is built here and nowhere else. `{fact}` is replaced by the fact of
 * that name; facts never hold secrets.
 */
export const errorRegistry = {
  internal: entry(
    1,
    'Lifeboat failed: {reason}',
    'This is a defect of Lifeboat, not of your data. Nothing that was acknowledged is lost.',
    'Run again with --verbose and report the output.',
  ),
  usage: entry(2, '{reason}', 'The command line says too little, or something that Lifeboat does not know.', '{help}'),
  interrupted: entry(
    130,
    'Interrupted.',
    'A signal asked Lifeboat to stop; locks were released and no half snapshot exists.',
    'Run the same command again; finished work is used again.',
  ),
  'letta-key-wrong': entry(
    12,
    'LETTA_ENCRYPTION_KEY opens none of the secrets that were tried ({tried}).',
    'It is not the key that the Letta server had. With it, every secret would be taken for lost.',
    'Give the key of the server that wrote the snapshot, or unset the variable: then encrypted secrets are carried as they are.',
  ),
  'no-snapshot-to-plan': entry(
    2,
    'The vault {vault} holds no snapshot of {database} yet.',
    'A dry run changes nothing, the vault included: it plans with the newest snapshot that there is.',
    'lifeboat backup {database} --vault {vault}',
  ),
  'release-unknown': entry(
    15,
    '{release} is no release or revision of Letta that Lifeboat knows.',
    'The catalogue holds the releases 0.6.0 to 0.16.8 (there is no 0.6.38 and no 0.16.3) and their 167 revisions.',
    'Give a release such as 0.16.2, a revision such as 27de0f58e076, or latest.',
  ),
  'own-table-in-the-way': entry(
    14,
    'The snapshot has a table {table} of its own, and Letta {release} has one of that name with columns of other types.',
    'Its rows cannot become rows of Letta’s table, and two tables of one name cannot stand in one schema.',
    'Rename the table in the source (ALTER TABLE … RENAME TO …), take a new backup, and run the same command again.',
  ),
  'release-way-unsupported': entry(
    15,
    'There is no way from revision {from} to {to}.',
    'Lifeboat goes up from Letta 0.6.0 on, and down to 0.11.0 at the lowest. The snapshot is whole and can be restored at its own release.',
    'Restore without --release, or to a release within that range.',
  ),
  'release-of-snapshot-unknown': entry(
    15,
    'Snapshot {snapshot} is at no revision that Lifeboat knows ({revision}).',
    'Without it nobody can say what the tables mean to another release.',
    'Restore it without --release: then it comes back exactly as it was.',
  ),
  // Databases
  'bad-database-url': entry(
    2,
    'Not a database that Lifeboat can open: {target}',
    '{reason}',
    'Give postgresql://USER@HOST:PORT/DATABASE, - for the PG* variables of the environment, or pglite:DIRECTORY.',
  ),
  'sqlite-source': entry(
    15,
    '{target} is a SQLite database.',
    'Letta dropped SQLite in 0.12; what Lifeboat reads and restores is PostgreSQL with pgvector.',
    'Move the agents with the release that wrote the file: start it, export each agent as .af, and import those into a server on PostgreSQL.',
  ),
  'database-unreachable': entry(
    20,
    'Cannot reach {database}: {reason}',
    'Nothing was read or changed.',
    'Check host, port and that the server accepts connections from here (psql with the same URL), then run the same command again.',
  ),
  'wrong-password': entry(
    20,
    '{database} refused the login: {reason}',
    'The user, the password or pg_hba.conf of the server does not let this login in.',
    'Check PGPASSWORD, ~/.pgpass or the URL, and the line of pg_hba.conf for this host.',
  ),
  'no-such-database': entry(
    20,
    'There is no database {database}.',
    '{reason}',
    'psql -l shows the databases of a server; a pglite directory holds a file PG_VERSION.',
  ),
  'connection-lost': entry(
    20,
    'The connection to {database} was lost: {reason}',
    'A snapshot ends with its connection, so what was read in it cannot be continued; nothing was acknowledged.',
    'Run the same command again; what the vault holds already is used again.',
  ),
  'connection-stalled': entry(
    20,
    'Nothing moved between {database} and here for {seconds} seconds.',
    'The connection is open but dead (a firewall, NAT or proxy dropped it, or the server hangs), so it was given up.',
    'Run the same command again, nearer to the server if it happens twice.',
  ),
  'transaction-pooler': entry(
    14,
    '{database} is behind a pooler in transaction mode: {reason}',
    'Each transaction may meet another backend there, so settings, locks and snapshots do not hold.',
    'Give the address of PostgreSQL itself, or of a pool in session mode.',
  ),
  'permission-denied': entry(
    14,
    '{database} does not allow it: {reason}',
    'The login lacks a right that this needs.',
    "Use the owner of the tables (Letta's own login), or grant what is named.",
  ),
  'too-many-connections': entry(
    20,
    '{database} has no connection left: {reason}',
    'The server or the role is at its limit of connections.',
    'Run the same command again when others are gone, or raise max_connections.',
  ),
  'database-disk-full': entry(
    14,
    'The disk of {database} is full: {reason}',
    'PostgreSQL could not write; the statement was undone.',
    'Make room on the server, then run the same command again.',
  ),
  'query-cancelled': entry(
    20,
    '{database} cancelled a statement: {reason}',
    'An administrator, a timeout or (on a replica) recovery ended it.',
    'Run the same command again; on a replica raise max_standby_streaming_delay or read from the primary.',
  ),
  'database-busy': entry(
    14,
    '{database} is in use by {holder}.',
    'An embedded database has one session at a time; two processes in one directory would destroy it.',
    'Run the same command again when the other one is done.',
  ),
  'database-error': entry(
    1,
    '{database} refused a statement: {reason} (SQLSTATE {sqlstate})',
    'PostgreSQL gave an error that Lifeboat did not expect here.',
    'Run again with --verbose and report the output.',
  ),
  'no-letta': entry(
    14,
    "No schema of {database} holds Letta's tables.",
    'Letta is told by its tables alembic_version and agents or organizations, in whatever schema they are; none was found that this login may see.',
    'Check that this is the database that the server uses (LETTA_PG_URI), and not an empty one beside it.',
  ),
  'several-lettas': entry(
    14,
    "{database} holds Letta's tables in more than one schema: {schemas}.",
    'The search_path of the database names none of them, so nothing says which one the server uses.',
    'ALTER DATABASE … SET search_path TO the schema that the server uses, or drop the others.',
  ),
  'objects-needed': entry(
    14,
    'Columns have types that only stored definitions can make: {columns}.',
    'Rows of those tables would have no place without them, and definitions out of a vault run only when you say so.',
    'Run the same command with --with-objects, if you trust who wrote the vault.',
  ),
  'rows-malformed': entry(
    1,
    'Rows are not in binary COPY format: {reason}',
    'The stream of rows ended early or is damaged; nothing of it was used.',
    'Run again with --verbose and report the output.',
  ),
  // Vaults
  'no-vault': entry(10, 'There is no vault at {vault}.', 'No vault.json lies there.', 'lifeboat init --vault {vault}'),
  'vault-exists': entry(
    14,
    'There is a vault at {vault} already, or what is left of one.',
    'A new vault never replaces one.',
    'Use it as it is, or name another place.',
  ),
  locked: entry(
    11,
    '{vault} is locked by {purpose} on {host} (process {pid}) since {since}.',
    'The other one may be removing what this one needs, or the reverse.',
    'Wait for it to end. If that host or process is gone for good, remove {lock} from the vault.',
  ),
  'key-missing': entry(
    12,
    '{vault} is sealed and no key was given.',
    'A passphrase or an age identity opens it.',
    'Set LIFEBOAT_PASSPHRASE_FILE (or LIFEBOAT_PASSPHRASE, LIFEBOAT_PASSPHRASE_COMMAND), or give --identity FILE.',
  ),
  'wrong-key': entry(
    12,
    'The key that was given does not open {vault}.',
    'None of its key files is for that passphrase or identity.',
    'lifeboat key list --vault {vault} shows what kinds of keys open it.',
  ),
  'bad-identity': entry(
    12,
    'What was given as an age identity is none.',
    'An identity begins with AGE-SECRET-KEY-1; comments begin with #.',
    'age-keygen makes identity files.',
  ),
  'bad-recipient': entry(
    2,
    'Not an age recipient: {recipient}',
    'A recipient begins with age1.',
    'age-keygen -y IDENTITY_FILE prints the recipient of an identity.',
  ),
  'writer-only': entry(
    12,
    'The key that was given cannot {what}: it only adds snapshots to {vault}.',
    'A writer key holds no identity, so that a stolen one reads nothing.',
    'Use a passphrase or identity of the vault.',
  ),
  'key-file-damaged': entry(
    13,
    'A key file of {vault} is damaged or gone: {key}',
    'Without one intact key file nobody can open the vault.',
    'Give the emergency kit with --kit FILE, or another passphrase or identity of the vault.',
  ),
  'no-such-key': entry(14, 'There is no key {key}.', 'The vault has: {keys}', 'lifeboat key list'),
  'last-key': entry(
    14,
    '{key} is the last key of {vault} and stays.',
    'Without it nobody could open the vault again.',
    'lifeboat key add --vault {vault}, then remove this one.',
  ),
  'vault-not-sealed': entry(
    14,
    '{vault} is not encrypted and has no keys to add.',
    'It was made with --no-encryption.',
    'lifeboat init --vault NEW_DIRECTORY makes one that is; back up into it from now on.',
  ),
  'vault-config-damaged': entry(
    13,
    'vault.json of {vault} is damaged: {reason}.',
    'It says how the vault is to be read; the snapshots themselves are not touched by this.',
    'Put vault.json back from a copy of the vault, or give the emergency kit with --kit FILE.',
  ),
  'vault-forged': entry(
    13,
    '{vault} is not what it says it is: {reason}.',
    'Its config or keys were damaged, mixed up or exchanged by somebody.',
    'Do not enter a passphrase there. Compare its fingerprint with the emergency kit and look for an untouched copy.',
  ),
  'vault-changed-face': entry(
    14,
    'At {vault} lies another vault than the one known from before.',
    'Its fingerprint is {fingerprint}; known is {pinned}.',
    'Compare with the emergency kit. If the new one is right, remove the line of {vault} from {file}.',
  ),
  'format-newer': entry(
    15,
    '{what} was written by a newer Lifeboat ({reason}).',
    'This version would misread it.',
    'npm install -g letta-lifeboat@latest',
  ),
  'bad-cut': entry(
    2,
    'Segment sizes {minimum}, {target}, {maximum} cannot be used.',
    'They must be 4 KiB to 64 MiB, minimum, target and maximum in that order.',
    'Leave them out for the defaults.',
  ),
  'store-unsupported': entry(
    15,
    'Vaults at {scheme}:// are not supported yet.',
    'This version keeps vaults in directories.',
    'Name a directory.',
  ),
  'store-path-refused': entry(
    13,
    'A path that does not belong into a vault was refused: {path}',
    'Vaults hold plain relative names only; something in this vault names another place.',
    'Look for an untouched copy of the vault.',
  ),
  'store-link': entry(
    13,
    '{path} in {location} is not a plain file or directory.',
    'Links and devices inside a vault are never followed.',
    'Put the file itself in its place.',
  ),
  'disk-full': entry(
    1,
    'No space left at {location}: {needed} bytes were to be written, {free} bytes are free.',
    'What was half written is removed; earlier snapshots are untouched.',
    'Make room and run again; finished work is used again.',
  ),
  'vault-not-writable': entry(
    1,
    '{location} cannot be written: {reason}',
    'The directory belongs to another user or the file system is read-only.',
    'Check its owner and rights, and how it is mounted.',
  ),
  'store-write-failed': entry(
    1,
    'Writing {path} to {location} failed: {reason}',
    'The bytes are not acknowledged; nothing under that name became visible.',
    'Check the disk or the network share, then run again.',
  ),
  'store-read-failed': entry(
    1,
    'Reading {path} from {location} failed: {reason}',
    'The disk, share or rights do not let it be read.',
    'Check the disk or the network share, then run again.',
  ),
  'object-missing': entry(
    13,
    '{object} is missing from {location}.',
    'Something removed it, or the vault was copied in part.',
    'lifeboat verify SNAPSHOT --vault {location} names what is affected.',
  ),
  'object-damaged': entry(
    13,
    'Object {object} in {location} is damaged: {reason}.',
    'Its bytes are not those that were stored. Other objects are not affected.',
    'lifeboat verify SNAPSHOT --vault {location} names the tables that need it.',
  ),
  'self-check-failed': entry(
    13,
    '{object} did not open again right after it was made and was not stored.',
    'Memory, processor or disk changed bytes, or the content changed under way.',
    "Run again; if it comes back, test this machine's memory.",
  ),
  'manifest-damaged': entry(
    13,
    'The manifest of snapshot {snapshot} is damaged: {reason}.',
    'Other snapshots are not affected; the objects of this one may all be there.',
    'Put the file under snapshots/ back from a copy of the vault.',
  ),
  'manifest-forged': entry(
    13,
    'The signature of snapshot {snapshot} is wrong.',
    "It was altered, renamed, or not written by a holder of this vault's keys.",
    'Do not restore it. Look for an untouched copy of the vault.',
  ),
  'manifest-too-large': entry(
    1,
    'The manifest would take {size} bytes; {limit} is the limit.',
    'Something that the manifest lists is unusually long or frequent (sequences, settings, tags).',
    'Run again with fewer or shorter tags; if there are none, report it with the output of --verbose.',
  ),
  'snapshot-exists': entry(14, 'There is a snapshot {snapshot} already.', 'A snapshot is never overwritten.', 'Run the backup again.'),
  'commit-unverified': entry(
    13,
    'Snapshot {snapshot} does not read back as it was written.',
    'The store acknowledged other bytes than it keeps; the snapshot is not acknowledged.',
    'Check the disk or share, then run again.',
  ),
  // Backup
  'tables-unreadable': entry(
    14,
    '{count} table(s) or sequence(s) cannot be read by this login: {tables}',
    'A backup without them would not be one, so nothing was read.',
    'Use the owner of the tables (the login of the Letta server), or: GRANT SELECT ON ALL TABLES IN SCHEMA … TO …, and the same for ALL SEQUENCES',
  ),
  'row-security': entry(
    14,
    'Row security would hide rows of {count} table(s): {tables}',
    'This login sees only some of the rows, so a backup would silently lack the others.',
    'Use the owner of the tables, or a role with BYPASSRLS.',
  ),
  'lock-timeout': entry(
    11,
    'Table {table} is locked by {blocker}',
    'A backup needs a shared lock on every table; a migration or another exclusive lock was in the way for too long.',
    'Wait until that statement has ended, then run the same command again.',
  ),
  'schema-moving': entry(
    11,
    'Tables were created or dropped each of the {attempts} times that their list was read.',
    'A migration seems to be running; a snapshot taken now would hold a schema half-way.',
    'Run the same command again when the migration has ended.',
  ),
  'changed-during-backup': entry(
    14,
    'The revision changed from {before} to {after} while the backup ran.',
    'A migration ran meanwhile, so the backup was not acknowledged.',
    'Run the same command again; what the vault holds already is used again.',
  ),
  'object-vanished': entry(
    13,
    'Object {object} was there when the backup began to rely on it, and is gone now.',
    'Something removes objects from the vault while backups run. No snapshot was acknowledged.',
    'Find out what deletes files in the vault, then run the same command again.',
  ),
  'snapshot-damaged': entry(
    13,
    'The snapshot is damaged: {reason}',
    'Its manifest is signed and intact, but what it names is not as the format says.',
    'lifeboat verify SNAPSHOT --vault V, and restore from another snapshot.',
  ),
  // Restore
  'target-is-source': entry(
    14,
    '{database} is the very database that the snapshot was taken from.',
    'Nothing live is changed in place: a restore builds a new database beside it.',
    'Name a database that does not exist yet, for example --to …/{database}_restored',
  ),
  'target-not-empty': entry(
    14,
    '{database} is not empty: it holds {contents}.',
    'A restore never mixes its rows with others.',
    'Name a database that does not exist yet; Lifeboat creates it.',
  ),
  'restore-interrupted': entry(
    130,
    'Interrupted. {database} is unfinished, and marked so.',
    'A database that is built is disposable until it is proven; the source and the vault are as they were.',
    'Run the same command again: it replaces what is there. Or drop the database.',
  ),
  'database-incomplete': entry(
    14,
    '{database} is what an interrupted or failed restore left.',
    'Rows are missing there, so a snapshot of it would be worthless, and would be the latest.',
    'Run that restore again (it replaces this database), or drop it; back up the real one.',
  ),
  'vault-known': entry(
    14,
    'Another vault was known at {vault}, with fingerprint {pinned}.',
    'A new vault in the place of another one looks like an exchange, so nothing was written.',
    'If the other one is gone for good, remove its line from {file}, then run init again; or choose another directory.',
  ),
  'target-in-use': entry(
    14,
    '{connections} session(s) are connected to {database}.',
    'Somebody uses it, or an interrupted restore is just ending.',
    'Close them (select * from pg_stat_activity shows who), or name another database.',
  ),
  'postgres-too-old': entry(
    15,
    'The target is PostgreSQL {actual}; {needed} or newer is needed.',
    'Letta from 0.6.29 on and Lifeboat rely on what came with PostgreSQL 15.',
    'Restore to a server of PostgreSQL {needed} or newer.',
  ),
  'extension-missing': entry(
    14,
    'The server of {database} has no extension {extension} ({needed} in the snapshot).',
    'Letta stores embeddings in a type of pgvector.',
    'Install pgvector on that server (package postgresql-NN-pgvector), then run the same command again.',
  ),
  'extension-too-old': entry(
    14,
    '{extension} {actual} is too old; {needed} or newer is needed.',
    'Vectors of the snapshot could not be read back.',
    'Update pgvector on that server, then run the same command again.',
  ),
  'rights-missing': entry(
    14,
    'Role {role} lacks a right that the restore needs: {right}',
    'It was found out before anything was made.',
    '{remedy}',
  ),
  'role-missing': entry(
    14,
    'There is no role {role} on the target server.',
    'The new database cannot be given to it.',
    'CREATE ROLE "{role}" LOGIN, or leave --owner out.',
  ),
  'encoding-differs': entry(
    14,
    '{database} has encoding {actual}; the snapshot has {expected}.',
    'Bytes would be converted, or refused half-way.',
    'Name a database that does not exist yet; Lifeboat creates it with the right encoding.',
  ),
  'layout-collides': entry(
    14,
    "The snapshot has a schema {schema} of its own, so Letta's tables cannot go there.",
    'Tables of two schemas would meet in one.',
    'Choose another name: --layout schema:NAME',
  ),
  'schema-reserved': entry(
    14,
    'The schema {schema} is needed to build at another release, and is not free.',
    "Lifeboat keeps the snapshot's rows there while it builds, and drops it when the proof is done.",
    'Give that schema another name in the source (ALTER SCHEMA … RENAME TO) and back it up again; or, if --layout named it, choose another.',
  ),
  // Switch
  'bad-database-name': entry(
    2,
    '{database} cannot be the name of a database here.',
    '{reason}',
    'Give the name alone, as psql -l (or ls, for embedded ones) shows it.',
  ),
  'switch-same-database': entry(
    14,
    '{database} has that name already.',
    'A switch exchanges two databases.',
    'Name the database that was built in --to; psql -l shows them.',
  ),
  'switch-running': entry(
    11,
    'Another Lifeboat is exchanging databases beside {database}.',
    'One exchange at a time: two could undo each other.',
    'Wait until it has ended, then run the same command again.',
  ),
  'switch-in-use': entry(
    14,
    'Somebody is connected to {database}: {who}.',
    'What they write while names are exchanged would be lost, and they would go on in the wrong database.',
    'Stop the Letta server and whatever else is connected, then run the same command again. Nothing was changed.',
  ),
  'switch-shut-off': entry(
    14,
    '{database} does not let anybody connect.',
    'Somebody shut it off, so it cannot be looked at.',
    'Find out why; then: ALTER DATABASE … ALLOW_CONNECTIONS true',
  ),
  'switch-rights': entry(
    14,
    'Role {role} lacks a right that renaming needs: {right}.',
    'It was found out before anything was changed.',
    '{remedy}',
  ),
  'not-built': entry(
    14,
    '{database} was not built by Lifeboat.',
    'Nothing says which snapshot it holds, so nobody could tell what would be lost.',
    'Build one with lifeboat restore SNAPSHOT --to …, or rename by hand.',
  ),
  'built-incomplete': entry(
    14,
    '{database} is what an interrupted or failed restore left.',
    'It was never read back and proven.',
    'Run that restore again (it replaces this database), then switch.',
  ),
  'built-used': entry(
    14,
    '{database} is {what}.',
    'Only a database that was built and not used yet can take the place of another.',
    'Run lifeboat former DB to see what is kept, lifeboat rollback DB to go back.',
  ),
  'switch-other-source': entry(
    14,
    '{built} holds snapshot {snapshot}, which was not taken from {database}: it is of {source} (or of another server).',
    'The rows of {database} were never in that snapshot.',
    'Check both names. If it is meant so: --accept-other-source',
  ),
  'switch-other-vault': entry(
    14,
    '{built} was built from a snapshot in vault {vaultId}, which is not the one at {vault}.',
    'The live database is compared with that snapshot first.',
    'Give --vault with the vault that it was restored from.',
  ),
  'rows-written': entry(
    4,
    '{database} holds {rows} row(s) that would be lost (report {report}), in: {tables}. Agents: {agents}.',
    'They were written, changed or deleted since. Everything is as it was before this command.',
    'Bring them over first (a new backup and restore); or let go of exactly these: --accept-losses {report}',
  ),
  'switch-interrupted': entry(
    130,
    'Interrupted. Everything is as it was: {database} has its name and lets connections in.',
    'What had been begun was put back.',
    'Run the same command again.',
  ),
  'switch-half-done': entry(
    14,
    'A switch of {database} to {built} (begun {since}) stopped half-way: {reason}.',
    'Both databases are whole, and neither lets anybody connect until it is put back.',
    'Run lifeboat rollback DB: it puts everything back as it was before that switch.',
  ),
  'no-switch': entry(
    14,
    '{database} did not get its name by a switch.',
    'So there is nothing that a rollback could go back to.',
    'Run lifeboat former DB to see what is kept.',
  ),
  'former-gone': entry(
    14,
    'The database that {database} replaced ({former}) is gone.',
    'It was dropped after the switch of {since}, or there was none.',
    'Build one from a snapshot of before: lifeboat list --vault V, lifeboat restore SNAPSHOT --to …',
  ),
  'switch-too-old': entry(
    14,
    'Since the switch of {since} the server has counted too many transactions to tell which rows are new.',
    'A row remembers its transaction by 32 bits only.',
    'Rename by hand if you are sure that nothing was written since.',
  ),
  'not-former': entry(
    14,
    '{former} is not a database that {database} replaced.',
    'Only what a switch put aside is dropped here.',
    'Run lifeboat former DB to see which there are.',
  ),
  'name-taken': entry(
    14,
    '{database} is there already.',
    'It came into being while names were exchanged; everything was put back.',
    'Run the same command again.',
  ),
  // Command line
  'no-such-snapshot': entry(
    2,
    'There is no snapshot {snapshot} in {vault}.',
    'The vault has: {snapshots}',
    'lifeboat list --vault {vault}',
  ),
  'snapshot-ambiguous': entry(
    2,
    '{snapshot} is the beginning of more than one id: {snapshots}',
    'Nothing says which snapshot is meant.',
    'Give more digits of the id; lifeboat list --vault {vault} shows them all.',
  ),
  'file-unreadable': entry(
    2,
    'Cannot read {file}: {reason}',
    'It was named as {purpose}.',
    'Check the path and its rights, then run the same command again.',
  ),
  'file-unwritable': entry(
    14,
    'Cannot write {file}: {reason}',
    'A file that is there already is never overwritten.',
    'Name another file in --to.',
  ),
  'passphrase-command-failed': entry(
    12,
    'The command in {variable} failed: {reason}',
    'Its first line of output was to be the passphrase.',
    'Run that command by hand and see what it says.',
  ),
  declined: entry(
    1,
    'Not confirmed; nothing was changed.',
    'The plan was shown and the answer was not yes.',
    'Run the same command again when you are sure; --yes answers beforehand.',
  ),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorRegistry;
