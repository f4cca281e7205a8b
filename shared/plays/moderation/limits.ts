/** Limits of moderation. */

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

export const MODERATION_LIMITS = {
  timeoutMs: { value: 10 * MINUTE_MS, unit: 'ms', summary: 'Default length of a timeout (1 min to 7 days).' },
  kickMs: {
    value: MINUTE_MS,
    unit: 'ms',
    summary: 'Default time that a kick keeps somebody out (10 s to 1 h).',
  },
  targetsMax: { value: 100, unit: 'users', summary: 'Users of one sanction.' },
  messagesMax: { value: 50, unit: 'messages', summary: 'Messages of one action.' },
  heldMax: {
    value: 500,
    unit: 'messages',
    summary: 'Messages that wait for review; beyond, the oldest are rejected.',
  },
  reasonMaxCharacters: { value: 200, unit: 'characters', summary: 'Reason of an action.' },
  wordListsMax: { value: 20, unit: 'lists', summary: 'Word lists of a room.' },
  wordsMax: { value: 50_000, unit: 'words', summary: 'Words in all lists of a room.' },
  wordsPerCall: { value: 100, unit: 'words', summary: 'Words added and taken out in one call.' },
  allowedHostsMax: { value: 50, unit: 'hosts', summary: 'Hosts that links may go to whatever the policy.' },
  appealMaxCharacters: { value: 500, unit: 'characters', summary: 'Text of an appeal.' },
  sellerReportMaxCharacters: {
    value: 500,
    unit: 'characters',
    summary: 'Text of a report of the seller or a product.',
  },
  sellerReportsPerPerson: {
    value: 20,
    unit: 'reports',
    summary: 'Open reports of the seller and the products of a room by one person.',
  },
  sellerReportsMax: {
    value: 1_000,
    unit: 'reports',
    summary:
      'Reports of the seller and the products that are kept of a room; beyond, the oldest resolved one goes, then the oldest open one.',
  },
  undoMs: { value: DAY_MS, unit: 'ms', summary: 'How long an action can be undone.' },
} as const;
