import { randomUUID } from 'node:crypto';

/** A chat message as clients publish it where no server of its own makes one; the fields of the baseline's. */
export const messageOf = (userId: string, text: string) => ({
  messageId: randomUUID(),
  userId,
  name: userId,
  role: 'viewer',
  text,
  mentions: [],
  replyTo: null,
  atMs: Date.now(),
});
