import { armor } from 'age-encryption';
import { keyKindOf } from './key-file.ts';

/** What a kit is made of. None of it is secret without a passphrase or identity (except in a vault that is not sealed). */
export interface KitFacts {
  location: string;
  vaultId: string;
  fingerprint: string;
  sealed: boolean;
  date: Date;
  /** vault.json as it is. */
  config: string;
  keyFiles: readonly Buffer[];
}

const configMark = 'vault.json: ';
const clearMark = 'clear keys: ';
/** A kit is a page or two; a file beyond this is something else. */
const kitLimit = 1024 * 1024;

/** The emergency kit: a text to print or to keep where the vault is not. */
export function kitText(facts: KitFacts): string {
  const keyBlocks = facts.keyFiles.flatMap((file) => {
    const kind = keyKindOf(file);
    if (kind === null) return [];
    if (kind === 'clear') return [`${clearMark}${file.toString('base64')}\n`];
    return [`Opened by ${kind === 'passphrase' ? 'a passphrase' : 'an age identity'}:\n${armor.encode(file)}`];
  });
  return `LIFEBOAT EMERGENCY KIT
Keep this apart from the vault and apart from the passphrase or identity.

vault        ${facts.location}
vault id     ${facts.vaultId}
fingerprint  ${facts.fingerprint}
made on      ${facts.date.toISOString()}

To open the vault when its keys/ directory is gone or damaged:
    lifeboat list --vault ${facts.location} --kit THIS_FILE
The passphrase or identity is asked for as always. Compare the fingerprint above when Lifeboat shows one.

To open it without Lifeboat (programs: age, zstd, psql):
    1. Save one of the blocks below, with its BEGIN and END lines, as key.age
    2. age -d key.age > keys.json                    (asks for the passphrase)
       age -d -i IDENTITY_FILE key.age > keys.json   (for an age identity)
    3. The value of "identity" in keys.json, AGE-SECRET-KEY-1..., goes into a file id.txt
    4. age -d -i id.txt OBJECT | zstd -d             for every file under objects/ and snapshots/
    docs/vault-format.md of Lifeboat says what is in them and how a table is loaded.

Removing a key or a recipient from the vault does not revoke this kit, nor what anybody has read or copied with it before:
the vault's own keys stay the same. To exclude somebody, make a new vault.
${facts.sealed ? '' : '\nTHIS VAULT IS NOT ENCRYPTED. Whoever holds it can read it.\n'}
${keyBlocks.join('\n')}
${configMark}${Buffer.from(facts.config).toString('base64')}
`;
}

/** The wrapped key files in a kit's text; blocks that are damaged are passed over. */
export function keyFilesOfKit(kit: string): Buffer[] {
  if (kit.length > kitLimit) return [];
  const blocks = kit.replaceAll('\r\n', '\n').match(/^-----BEGIN AGE ENCRYPTED FILE-----\n[^-]*^-----END AGE ENCRYPTED FILE-----$/gm) ?? [];
  const wrapped = blocks.flatMap((block) => {
    try {
      return [Buffer.from(armor.decode(block))];
    } catch {
      return [];
    }
  });
  return [...wrapped, ...marked(kit, clearMark)];
}

/** vault.json as the kit kept it, or null. */
export function configOfKit(kit: string): Buffer | null {
  return kit.length > kitLimit ? null : (marked(kit, configMark)[0] ?? null);
}

function marked(kit: string, mark: string): Buffer[] {
  return kit.split(/\r?\n/).flatMap((line) => (line.startsWith(mark) ? [Buffer.from(line.slice(mark.length), 'base64')] : []));
}
