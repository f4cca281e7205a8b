import type { RoomEvent } from '../../../shared/kernel/ack.ts';
import { isSimulated } from '../../../shared/kernel/simulated.ts';
import type { RoomInfo } from '../../../shared/plays/room/contract.ts';
import type { LocalPeople } from '../../kernel/local-people.ts';
import type { RoomStore } from '../../plays/room/room.store.ts';
import { OWN_CHECKOUT } from '../shop.ts';

export type BorderDeps = {
  rooms: Pick<RoomStore, 'read'>;
  /** This node's sockets, once it takes any. */
  local: () => LocalPeople | undefined;
};

/**
 * Keeps simulated viewers out of rooms with real orders. The binder asks before each of their commands, from the room
 * as it is in Redis at that moment; and when a room gets a real shop, every node sends its own away.
 */
export class SimulatedBorder {
  readonly #deps: BorderDeps;

  constructor(deps: BorderDeps) {
    this.#deps = deps;
  }

  readonly admits = async (roomId: string): Promise<boolean> => {
    const listing = await this.#deps.rooms.read(roomId);
    return listing !== undefined && isMadeUp(listing.room);
  };

  /** Sees every event of the rooms that this node follows. */
  observe(roomId: string, { name, data }: RoomEvent): void {
    if (name !== 'room:changed' || isMadeUp((data as { room: RoomInfo }).room)) return;
    const local = this.#deps.local();
    const users = [...(local?.users(roomId) ?? [])].filter(isSimulated);
    if (users.length > 0) local?.close(roomId, users, 'UNAUTHENTICATED');
  }
}

/** A demo's room whose orders are paid at the demo's own checkout: no money moves there. */
export function isMadeUp(room: Pick<RoomInfo, 'demo' | 'checkoutUrl'>): boolean {
  return room.demo && (room.checkoutUrl?.startsWith(OWN_CHECKOUT) ?? false);
}
