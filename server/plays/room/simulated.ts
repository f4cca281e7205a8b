import { isSimulated } from '../../../shared/kernel/simulated.ts';
import type { RoomInfo } from '../../../shared/plays/room/contract.ts';
import { commandSpecs } from '../../../shared/protocol.ts';
import type { LocalPeople } from '../../kernel/local-people.ts';
import { refuse } from '../../kernel/outcome.ts';
import type { Gate, Play } from '../../kernel/play.ts';
import { OWN_CHECKOUT } from './room.rules.ts';
import type { RoomStore } from './room.store.ts';

type Deps = {
  store: Pick<RoomStore, 'read'>;
  /** This node's sockets, once it takes any. */
  local: () => LocalPeople | undefined;
};

/**
 * Keeps a demo's simulated viewers out of rooms with real orders. Before each of their commands the gate reads the room
 * as it is in Redis at that moment; and when a room gets a real shop, every node sends its own away. What was under way
 * then is worth what they did a moment earlier: a hold that nobody can pay any more, and that runs out.
 */
export function createSimulatedBorder({ store, local }: Deps): {
  gate: Gate;
  observe: NonNullable<Play['observe']>;
} {
  return {
    async gate(command, input, { user, roomId }) {
      if (!isSimulated(user.userId)) return undefined;
      // Whatever role somebody gave them in the room, they do what viewers do.
      if (!commandSpecs.get(command)?.roles.includes('viewer')) return refuse('FORBIDDEN');
      const named = (input as { roomId?: string }).roomId ?? roomId;
      // Outside of every room: the clock.
      if (named === '') return undefined;
      const listing = await store.read(named);
      return listing !== undefined && isMadeUp(listing.room) ? undefined : refuse('FORBIDDEN');
    },
    observe(roomId, { name, data }) {
      if (name !== 'room:changed' || isMadeUp((data as { room: RoomInfo }).room)) return;
      const users = [...(local()?.users(roomId) ?? [])].filter(isSimulated);
      if (users.length > 0) local()?.close(roomId, users, 'UNAUTHENTICATED');
    },
  };
}

/** A demo's room whose orders are paid at the demo's own checkout: no money moves there. */
function isMadeUp(room: Pick<RoomInfo, 'demo' | 'checkoutUrl'>): boolean {
  return room.demo && (room.checkoutUrl?.startsWith(OWN_CHECKOUT) ?? false);
}
