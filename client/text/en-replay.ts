/** Words of a past show in the room, in English. */
export const enReplay = {
  tag: 'Replay',
  label: (title: string) => `Replay: ${title}`,
  chatIsNow: "A past show. The chat is today's.",
  loading: 'Loading the replay…',
  missing: 'The replay could not be loaded. It may have moved, or its server does not let this page have it.',
  offline: 'The replay stopped loading. Check your connection.',
  unsupported: "This browser can't play this replay. Try another browser.",
} as const;
