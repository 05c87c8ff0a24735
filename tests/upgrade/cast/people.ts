import { defaultOrganization, defaultUser, idOf } from '../names.ts';
import type { World } from '../world.ts';

export const otherOrganization = idOf('organizations', 'other');
export const otherUser = idOf('users', 'other');
/** What refers to it refers to nothing. */
export const goneUser = idOf('users', 'gone');
/** Nobody is in it. */
export const emptyOrganization = idOf('organizations', 'empty');

/** Organizations, users and end-user identities. */
export function people(world: World): void {
  world.add('organizations', { id: defaultOrganization, name: 'default_org', created_at: null, privileged_tools: false });
  world.add('organizations', { id: otherOrganization, name: 'Ångström & Söhne', privileged_tools: true });
  world.add('organizations', { id: idOf('organizations', 'closed'), name: 'default_org', is_deleted: true });
  if (world.has('runs')) {
    world.add('organizations', { id: emptyOrganization, name: 'empty' });
    world.leaveAlone(emptyOrganization);
  }
  world.add('users', { id: defaultUser, name: 'default_user', organization_id: defaultOrganization, created_at: null });
  world.add('users', { id: otherUser, name: 'Bö', organization_id: otherOrganization });
  world.add('users', { id: idOf('users', 'left'), name: '', organization_id: defaultOrganization, is_deleted: true });

  const identity = (name: string, given: object) =>
    world.add('identities', { id: idOf('identities', name), organization_id: defaultOrganization, name, ...given });
  identity('ann', { identifier_key: 'ann@example.org', identity_type: 'user', properties: [{ key: 'level', value: 3, type: 'number' }] });
  identity('team', { identifier_key: 'team', identity_type: 'org', project_id: 'project-1' });
  identity('elsewhere', { identifier_key: 'ann@example.org', identity_type: 'other', organization_id: otherOrganization });
  // Until 0.6.28 two NULL projects were different, so one key could be there twice.
  if (world.table('identities')?.uniques.some(({ nullsNotDistinct }) => !nullsNotDistinct)) {
    identity('ann again', { identifier_key: 'ann@example.org', identity_type: 'user', project_id: null });
    identity('ann a third time', { identifier_key: 'ann@example.org', identity_type: 'user', project_id: null });
  }
}
