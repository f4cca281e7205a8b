import type { RoomEvent } from '../../../shared/kernel/ack.ts';
import { STAFF } from '../../../shared/kernel/units.ts';
import type { ChatMessage } from '../../../shared/plays/chat/contract.ts';
import type { ShapeTraits } from '../../kernel/shaping.ts';

/** Staff always pass; whoever is named or replied to gets the message even when others don't. */
export function shapeOf(event: RoomEvent): ShapeTraits {
  const message = event.data as ChatMessage;
  const addressees = new Set([...message.mentions, ...(message.replyTo ? [message.replyTo.userId] : [])]);
  addressees.delete(message.userId);
  return {
    authorId: message.userId,
    always: STAFF.includes(message.role),
    addressees: [...addressees],
    notice: { name: 'chat:mentioned', data: { seq: event.seq, message } },
  };
}
