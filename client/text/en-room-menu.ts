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
  reportOpen: 'Choose a message',
  reportSellerHint:
    'The seller or what is sold here: that goes to whoever runs this server, not to the host.',
  reportSeller: 'Report the seller',
  reportProduct: 'Report this product',
  reportWrite: 'You can also write to the seller:',
  reportSignIn: 'Sign in first. Only whoever runs this server sees who reports.',
  productGone: 'The seller took this product off the shelf.',
  noText: 'The seller has not described this product.',
} as const;
