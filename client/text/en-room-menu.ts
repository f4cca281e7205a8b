import { many } from './plural.ts';

/** Words of the room's menu and of what it opens, in English. */
export const enRoomMenu = {
  followers: (count: number) => many(count, 'follower', 'followers'),
  history: 'Chat history',
  historyHint: 'The last messages. Press one to answer it or to report it.',
  orders: 'Your orders',
  draws: 'Prize draws',
  video: 'Sound and picture',
  hideChat: 'Hide the chat',
  showChat: 'Show the chat',
  readAll: 'Read every message aloud',
  readAllHint: 'For screen readers. Otherwise only what concerns you and what the host says.',
  language: 'Language',
  colours: 'Light colours',
  report: 'Report something',
  reportMessage: 'A message or somebody in the chat: press the message, then “Report”.',
  reportSeller: 'The seller or a product: write to the seller, or to whoever runs this site.',
  reportOpen: 'Choose a message',
  noText: 'The seller has not described this product.',
} as const;
