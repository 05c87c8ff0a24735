import { textCheck } from '../text-check.ts';

export const fileStatus = textCheck({
  code: 'file-status',
  group: 'files',
  severity: 'error',
  looksFor: 'A file’s processing_status is none that this release knows.',
  effect:
    'It cannot be read: every list of files that contains it fails (letta/schemas/file.py, letta/schemas/enums.py; letta-server.md §7.1).',
  columns: [{ table: 'files', column: 'processing_status', place: 'FileMetadata.processing_status' }],
  why: (release) => `Letta ${release} cannot list the folders of these files.`,
  repair: 'Write pending, parsing, embedding, completed or error: completed where its text and its passages are there.',
});
