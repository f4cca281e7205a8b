import type * as Protocol from '../../shared/protocol.ts';
import type { CommandName, Input } from '../../shared/protocol.ts';

/**
 * The few values of the protocol that the SDK needs at run time. The contracts themselves carry zod and must
 * stay out of the browser bundle, so these are written again here: the types below and `wire.unit.test.ts`
 * fail when they drift.
 */
export const PROTOCOL_VERSION: typeof Protocol.PROTOCOL_VERSION = 1;
export const MAX_PACKET_BYTES = 16 * 1024;

export const WIRE: typeof Protocol.WIRE = {
  frame: 'kernel:frame',
  notice: 'kernel:notice',
  closing: 'kernel:closing',
};

type OpIdCommand = {
  [N in CommandName]: Input<N> extends { opId: string } ? N : never;
}[CommandName];

/** Commands that change something: each carries an opId, so repeating one is safe. */
const OP_ID_COMMANDS: Readonly<Record<OpIdCommand, true>> = {
  'room:start-session': true,
  'room:end-session': true,
  'shelf:save-product': true,
  'shelf:remove-product': true,
  'shelf:feature': true,
  'chat:say': true,
  'chat:pin': true,
  'flash-sale:schedule': true,
  'flash-sale:open': true,
  'flash-sale:pause': true,
  'flash-sale:resume': true,
  'flash-sale:extend': true,
  'flash-sale:restock': true,
  'flash-sale:close': true,
  'flash-sale:token': true,
  'flash-sale:grab': true,
  'flash-sale:wait': true,
  'flash-sale:stop-waiting': true,
  'order:hold': true,
  'order:release': true,
  'room:follow': true,
  'room:change': true,
  'lottery:announce': true,
  'lottery:close': true,
  'lottery:cancel': true,
  'lottery:redraw': true,
  'lottery:claim': true,
  'fan-badges:join': true,
  'fan-badges:share': true,
  'fan-badges:came-by': true,
  'fan-badges:set-rules': true,
  'fan-badges:ask-keeper': true,
  'fan-badges:answer-keeper': true,
  'moderation:delete': true,
  'moderation:hold': true,
  'moderation:review': true,
  'moderation:sanction': true,
  'moderation:lift': true,
  'moderation:set-modes': true,
  'moderation:undo': true,
  'moderation:appoint': true,
  'moderation:save-list': true,
  'moderation:edit-words': true,
  'moderation:remove-list': true,
  'moderation:report': true,
  'moderation:report-seller': true,
  'moderation:appeal': true,
  'moderation:resolve-appeal': true,
  'media:publish': true,
  'media:create-stream-key': true,
  'media:revoke-stream-key': true,
};

/** Commands that would count twice if they were sent twice, and are not worth an opId: whoever gets no answer lets it be. */
type OnceCommand = 'hearts:give';

/** Commands without an opId: they change nothing, or, like entering a draw, the same thing however often. */
const READ_COMMANDS: Readonly<Record<Exclude<CommandName, OpIdCommand | OnceCommand>, true>> = {
  'room:join': true,
  'room:leave': true,
  'room:resume': true,
  'room:clock': true,
  'order:mine': true,
  'order:checkout': true,
  'lottery:enter': true,
  'lottery:progress': true,
  'lottery:claims': true,
  'lottery:draws': true,
  'fan-badges:me': true,
  'fan-badges:board': true,
  'moderation:words': true,
  'moderation:desk': true,
  'moderation:log': true,
  'moderation:person': true,
  'media:prepare': true,
  'media:watch': true,
  'media:unwatch': true,
  'media:adjust': true,
  'media:open-sender': true,
  'media:connect': true,
  'media:restart-ice': true,
  'media:pause': true,
  'media:unpublish': true,
  'media:list-stream-keys': true,
  'show:board': true,
  'show:list': true,
  'show:report': true,
  'show:orders': true,
};

export function hasOpId(name: string): boolean {
  return Object.hasOwn(OP_ID_COMMANDS, name);
}

/** Whether the command may be sent again when nobody knows if the first attempt arrived. */
export function isRepeatable(name: string): boolean {
  return hasOpId(name) || Object.hasOwn(READ_COMMANDS, name);
}

const encoder = new TextEncoder();
/** Engine.IO and Socket.IO put their packet types and the ack id in front. */
const FRAMING_BYTES = 32;

/** Bytes of the packet that this call becomes on the wire. */
export function packetBytes(name: string, input: unknown): number {
  return encoder.encode(JSON.stringify([name, input])).byteLength + FRAMING_BYTES;
}
