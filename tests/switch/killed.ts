import { openDatabase } from '../../src/postgres/open-database.ts';
import { openPlace } from '../../src/postgres/open-place.ts';
import type { Place } from '../../src/postgres/place.ts';
import { silentReporter } from '../../src/report/progress.ts';
import { rollBack } from '../../src/switch/rollback.ts';
import { switchTo } from '../../src/switch/switch.ts';
import { openStore } from '../../src/vault/open-store.ts';
import { openVault } from '../../src/vault/open-vault.ts';

/**
 * A process that exchanges databases and kills itself with SIGKILL at a given point: `before begin`, `after begin`,
 * `in compare`, `before complete`, `after complete`. Words: verb, point, database, built, vault directory, identity.
 */
const [verb = '', point = '', url = '', built = '', directory = '', identity = ''] = process.argv.slice(2);
const [when = '', step = ''] = point.split(' ');
const die = () => process.kill(process.pid, 'SIGKILL');

function mortal(place: Place): Place {
  return new Proxy(place, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      if (name !== step) return value.bind(target);
      return async (...words: unknown[]) => {
        if (when === 'before') die();
        const result: unknown = await value.apply(target, words);
        if (when === 'after') die();
        return result;
      };
    },
  });
}

const database = openDatabase(url);
const place = mortal(await openPlace(database, [built]));
const common = {
  place,
  name: database.name,
  reporter: { ...silentReporter, phase: (name: string) => (when === 'in' && name === step ? die() : undefined) },
  signal: new AbortController().signal,
  confirm: async () => true,
  show: () => {},
  acceptLosses: null,
};
const vault = () => openVault(openStore(directory), { identities: [identity] }, { pin: null });
if (verb === 'switch') await switchTo({ ...common, built, openVault: vault, acceptOtherSource: false });
else await rollBack(common);
