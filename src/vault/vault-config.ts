import * as v from 'valibot';
import { LifeboatError } from '../report/errors.ts';
import { bytesBody } from './bytes-body.ts';
import { canonicalJson } from './canonical-json.ts';
import { collect } from './join-chunks.ts';
import { sha256 } from './key-agreement.ts';
import { signText, verifyText } from './signature.ts';
import type { Store } from './store.ts';
import type { VaultKeys } from './vault-keys.ts';

export const configPath = 'vault.json';
const configLimit = 64 * 1024;
/** Incompatible features that this version knows. */
export const knownFeatures: ReadonlySet<string> = new Set();

export const defaultCut = { minimum: 512 * 1024, target: 2 * 1024 ** 2, maximum: 4 * 1024 ** 2 };
export type Cut = typeof defaultCut;

const featureList = v.pipe(v.array(v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,64}$/))), v.maxLength(64));
const cutSize = v.pipe(v.number(), v.safeInteger(), v.minValue(4096), v.maxValue(64 * 1024 ** 2));
const cutSchema = v.pipe(
  v.strictObject({ minimum: cutSize, target: cutSize, maximum: cutSize }),
  v.check(({ minimum, target, maximum }) => minimum <= target && target <= maximum, 'cut sizes out of order'),
);

const configSchema = v.object({
  format: v.literal(1),
  features: v.strictObject({ incompatible: featureList, compatible: featureList }),
  id: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
  /** age1…; null in a vault that is not sealed. */
  recipient: v.nullable(v.pipe(v.string(), v.regex(/^age1[a-z0-9]{58}$/))),
  /** Ed25519, base64. */
  verifyKey: v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]{43}=$/)),
  sealed: v.boolean(),
  cut: cutSchema,
  created: v.pipe(v.string(), v.isoTimestamp()),
  signature: v.pipe(v.string(), v.maxLength(100)),
});

export type VaultConfig = v.InferOutput<typeof configSchema>;

/** Just enough to tell a newer format before its other fields are judged. */
const headSchema = v.object({
  format: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  features: v.optional(v.object({ incompatible: featureList })),
});

/** The signed vault.json of a new vault. @throws LifeboatError bad-cut */
export function makeConfig(keys: VaultKeys, cut: Cut, created: Date): VaultConfig {
  if (!v.is(cutSchema, cut)) throw new LifeboatError('bad-cut', cut);
  const content = {
    format: 1 as const,
    features: { incompatible: [], compatible: [] },
    id: keys.vaultId,
    recipient: keys.recipient,
    verifyKey: keys.verifyKey.toString('base64'),
    sealed: keys.sealed,
    cut,
    created: created.toISOString(),
  };
  return { ...content, signature: signText(signedText(content), keys.signKey) };
}

/** Writes vault.json: the moment from which a vault exists. @throws LifeboatError vault-exists */
export async function putConfig(store: Store, config: VaultConfig): Promise<void> {
  const bytes = Buffer.from(`${canonicalJson(config)}\n`);
  if ((await store.put(configPath, bytesBody(bytes))) === 'exists') throw new LifeboatError('vault-exists', { vault: store.location });
}

/**
 * Reads and judges vault.json by itself: its signature is checked against the key that it names; whether that is the
 * right key, `checkConfig` says. @throws LifeboatError no-vault | vault-config-damaged | vault-forged | format-newer
 */
export async function readConfig(store: Store, fallback: Buffer | null = null): Promise<VaultConfig> {
  return parseConfig(await readBytes(store, fallback), store.location);
}

async function readBytes(store: Store, fallback: Buffer | null): Promise<Buffer> {
  if ((await store.head(configPath)) === null) {
    if (fallback) return fallback;
    for (const prefix of ['snapshots/', 'objects/']) {
      for await (const _ of store.list(prefix))
        throw new LifeboatError('vault-config-damaged', { vault: store.location, reason: 'it is gone' });
    }
    throw new LifeboatError('no-vault', { vault: store.location });
  }
  try {
    return await collect(store.get(configPath), configLimit);
  } catch (cause) {
    if (cause instanceof RangeError) throw new LifeboatError('vault-config-damaged', { vault: store.location, reason: 'it is too large' });
    throw cause;
  }
}

/** The pure part of `readConfig`. */
export function parseConfig(bytes: Buffer, vault: string): VaultConfig {
  const damaged = (reason: string) => new LifeboatError('vault-config-damaged', { vault, reason });
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw damaged(bytes.length === 0 ? 'it is empty' : 'it is not JSON');
  }
  const head = v.safeParse(headSchema, value);
  if (!head.success) throw damaged('it is not in the form of a vault.json');
  const unknown = (head.output.features?.incompatible ?? []).filter((feature) => !knownFeatures.has(feature));
  if (head.output.format > 1 || unknown.length > 0) {
    throw new LifeboatError('format-newer', {
      what: vault,
      reason: unknown.length > 0 ? `needs ${unknown.join(', ')}` : `format ${head.output.format}, known up to 1`,
    });
  }
  const result = v.safeParse(configSchema, value);
  if (!result.success) throw damaged(`${v.getDotPath(result.issues[0]) ?? 'it'} is not as it should be`);
  const config = result.output;
  // One text per config: what is not written as we write it was altered, even where the meaning is the same.
  if (!bytes.equals(Buffer.from(`${canonicalJson(config)}\n`))) throw damaged('it is not written the way Lifeboat writes it');
  const { signature, ...content } = config;
  if (!verifyText(signedText(content), signature, Buffer.from(config.verifyKey, 'base64')))
    throw new LifeboatError('vault-forged', { vault, reason: 'the signature of vault.json does not fit its content' });
  return config;
}

/** Whether vault.json belongs to these keys. @throws LifeboatError vault-forged */
export function checkConfig(config: VaultConfig, keys: VaultKeys, vault: string): void {
  const forged = (reason: string) => new LifeboatError('vault-forged', { vault, reason });
  if (config.sealed !== keys.sealed)
    throw forged(keys.sealed ? 'a sealed vault says that it is not sealed' : 'its keys lie in the clear though it says that it is sealed');
  if (config.id !== keys.vaultId) throw forged('the keys belong to another vault');
  if (config.recipient !== keys.recipient) throw forged('vault.json names another recipient than the keys');
  if (config.verifyKey !== keys.verifyKey.toString('base64')) throw forged('vault.json names another signing key than the keys');
}

/** SHA-256 over what makes a vault this vault, in groups for people to compare. */
export function fingerprintOf(config: Pick<VaultConfig, 'id' | 'recipient' | 'verifyKey' | 'sealed'>): string {
  const { id, recipient, verifyKey, sealed } = config;
  const hex = sha256(canonicalJson({ id, recipient, verifyKey, sealed })).toString('hex');
  return hex.replace(/.{4}(?=.)/g, '$&-');
}

function signedText(content: Omit<VaultConfig, 'signature'>): string {
  return `lifeboat vault v1\n${canonicalJson(content)}\n`;
}
