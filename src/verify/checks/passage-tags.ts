import { derivedId } from '../../letta/derived-id.ts';
import { readableElements } from '../../letta/json-sql.ts';
import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import type { Change } from '../change.ts';
import { type Check, type CheckContext, has } from '../check.ts';
import type { Finding } from '../finding.ts';
import { findingOf, findRows } from '../found-rows.ts';

/** Tags that are no list are `json-kind-refused`. */
export const passageTags: Check = {
  code: 'passage-tags',
  group: 'passages',
  severity: 'warning',
  looksFor: 'The tags in an archival passage and its rows in passage_tags are not the same (since 0.11.7).',
  effect:
    'A search goes by the tags in the passage; which tags an archive has, and how often, is read from passage_tags (letta/services/agent_manager.py: query_agent_passages_async, letta/services/passage_manager.py; letta-server.md §4, §12.1 no. 6).',
  run: async (context) => {
    if (!has(context, 'passage_tags', ...rowColumns) || !has(context, 'archival_passages', 'id', 'archive_id', 'tags')) return [];
    return [...(await withoutRow(context)), ...(await outsidePassage(context))];
  },
};

const rowColumns = ['id', 'tag', 'passage_id', 'archive_id', 'organization_id', 'created_at', 'updated_at', 'is_deleted'] as const;

const inPassages = (home: string, columns: string): string =>
  `select distinct p.id, e.item #>> '{}' as tag${columns} from ${qualified(home, null, 'archival_passages')} p
    cross join ${readableElements('p.tags', 'e')} where json_typeof(e.item) = 'string'`;

/** The row that a server would have written with the passage; its id follows from both, so that it is the same each time. */
async function withoutRow({ session, home }: CheckContext): Promise<Finding[]> {
  const tags = qualified(home, null, 'passage_tags');
  const found = await findRows(
    session,
    `select t.id, json_agg(json_build_object(
              'id', ${derivedId('passage-tag', `t.id || ' ' || t.tag`)}, 'tag', t.tag, 'passage_id', t.id, 'archive_id', t.archive_id,
              'organization_id', t.organization_id, 'created_at', t.created_at::text, 'updated_at', t.created_at::text, 'is_deleted', 'f')
            order by t.tag collate "C")::text as rows, count(*) as missing
       from (${inPassages(home, ', p.archive_id, p.organization_id, p.created_at')}) t
      where not exists (select from ${tags} l where l.passage_id = t.id and l.tag = t.tag) group by t.id`,
    { toChange: true },
  );
  return findingOf(passageTags, found, (rows) => ({
    where: 'passage_tags',
    message: `${formatCountOf(found.count, 'passage')} with tags that have no row in passage_tags, ${rows[0]?.id} with ${rows[0]?.missing} of them`,
    why: 'A server finds these passages by their tags, but does not name the tags when it lists those of the archive, or counts too few.',
    repair: 'Add the missing rows to passage_tags.',
    changes: rows.flatMap((row) =>
      (JSON.parse(row.rows ?? '[]') as Record<string, string | null>[]).map(
        (each): Change => ({ kind: 'insert', table: 'passage_tags', row: each }),
      ),
    ),
  }));
}

/** Nobody can tell which of the two was meant. */
async function outsidePassage({ session, home }: CheckContext): Promise<Finding[]> {
  const found = await findRows(
    session,
    `select l.passage_id as id, l.tag from ${qualified(home, null, 'passage_tags')} l
      where exists (select from ${qualified(home, null, 'archival_passages')} p
                     where p.id = l.passage_id and (p.tags is null or json_typeof(p.tags) in ('array', 'null')))
        and not exists (select from (${inPassages(home, '')}) t where t.id = l.passage_id and t.tag = l.tag)`,
  );
  return findingOf(passageTags, found, () => ({
    where: 'archival_passages.tags',
    message: `${formatCountOf(found.count, 'row')} of passage_tags with a tag that the passage does not have`,
    why: 'A server lists and counts these tags for the archive, and finds no passage by them.',
    repair: 'Where the tag is right, PATCH the passage with all its tags; where it is not, delete the row from passage_tags.',
  }));
}
