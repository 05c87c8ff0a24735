import type { Database } from '../postgres/database.ts';
import type { Manifest } from '../vault/manifest.ts';
import type { Proof } from './proof.ts';

/** What PostgreSQL calls its cluster: text digits, '' where it does not say. */
export async function systemIdentifierOf(server: Database): Promise<string> {
  const session = await server.connect();
  try {
    const [row] = await session.query('select system_identifier::text as id from pg_control_system()');
    return row?.id ?? '';
  } finally {
    await session.close();
  }
}

/** A drill beside the database that was backed up shows less: null where it takes place elsewhere, or nobody knows. Pure. */
export function sameServerWarning(
  { source }: Pick<Manifest, 'source'>,
  systemIdentifier: string | null | undefined,
): Proof['warnings'][number] | null {
  if (!systemIdentifier || source.systemIdentifier !== systemIdentifier) return null;
  return {
    code: 'same-server',
    message: `The drill is on the server that ${source.database} was backed up from: it does not show a recovery without that server, and the load falls on it.`,
    partial: true,
  };
}
