/** The organisation and the user that a server makes requests for when none is named (`letta/constants.py`, letta-server.md §2). */
export const defaultOrganization = 'org-00000000-0000-4000-8000-000000000000';
export const defaultUser = 'user-00000000-0000-4000-8000-000000000000';
