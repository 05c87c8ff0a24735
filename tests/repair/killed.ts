import { openStore } from '../../src/vault/open-store.ts';
import { openVault } from '../../src/vault/open-vault.ts';
import type { Vault } from '../../src/vault/vault.ts';
import { mend, planFor } from './stage.ts';

/** A repair that kills itself with SIGKILL `before` or `after` its undo record is written: never as far as COMMIT. Words: point, database, vault directory, identity. */
const [point = '', url = '', directory = '', identity = ''] = process.argv.slice(2);
const die = () => process.kill(process.pid, 'SIGKILL');

const vault = await openVault(openStore(directory), { identities: [identity] }, { pin: null });
const mortal: Vault = new Proxy(vault, {
  get(target, name) {
    const value: unknown = Reflect.get(target, name, target);
    if (name !== 'putRecord') return typeof value === 'function' ? value.bind(target) : value;
    return async (...words: Parameters<Vault['putRecord']>) => {
      if (point === 'before') die();
      const ref = await target.putRecord(...words);
      if (point === 'after') die();
      return ref;
    };
  },
});
await mend(url, mortal, await planFor(url));
