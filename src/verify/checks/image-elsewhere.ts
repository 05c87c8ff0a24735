import { readableElements } from '../../letta/json-sql.ts';
import { formatCountOf } from '../../report/format.ts';
import { qualified } from '../../schema/model.ts';
import { type Check, has } from '../check.ts';
import { findingOf, findRows } from '../found-rows.ts';
import { loaded } from '../shape-check.ts';

export const imageElsewhere: Check = {
  code: 'image-elsewhere',
  group: 'outside',
  severity: 'note',
  looksFor: 'Images in messages of which only the id of a file is here, and no data.',
  effect:
    'The server cannot show them, nor send them to a model, from this database alone (LettaImage in letta/schemas/letta_message_content.py).',
  run: async (context) => {
    if (!has(context, 'messages', 'id', 'content')) return [];
    // Few messages have images, and looking into JSON is slow.
    const found = await findRows(
      context.session,
      `select t.id from ${qualified(context.home, null, 'messages')} t
        where strpos(t.content::text, '"image"') > 0 and ${loaded(context, 'messages')}
          and exists (select from ${readableElements('t.content', 'p')}
                       where p.item ->> 'type' = 'image' and p.item #>> '{source,file_id}' is not null and coalesce(p.item #>> '{source,data}', '') = '')`,
    );
    return findingOf(imageElsewhere, found, () => ({
      where: 'messages.content',
      message: `${formatCountOf(found.count, 'message')} with images that are named by a file's id only`,
      why: 'The images are not in this database: a restore brings back their names.',
      repair: null,
    }));
  },
};
