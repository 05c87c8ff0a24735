import { defaultUser, uuidOf } from '../names.ts';
import type { World } from '../world.ts';
import { goneUser } from './people.ts';

/** Small tables that nothing refers to. */
export function leftovers(world: World): void {
  world.add('prompts', { id: uuidOf('prompt'), prompt: 'Write a 🛟 poem', project_id: null });
  world.add('tokens', { id: `token-${uuidOf('token')}`, key: 'sk-letta-made-up', name: null, user_id: defaultUser });
  world.add('tokens', { id: `token-${uuidOf('token of the gone')}`, key: 'sk-letta-made-up-2', name: 'old', user_id: goneUser });
}
