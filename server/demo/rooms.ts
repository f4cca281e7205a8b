import { randomBytes } from 'node:crypto';
import type { RoomInfo } from '../../shared/plays/room/contract.ts';
import { type Outcome, ok, refuse } from '../kernel/outcome.ts';
import { OWN_CHECKOUT } from '../plays/room/room.rules.ts';
import type { RoomStore } from '../plays/room/room.store.ts';
import { SHOW_ACTOR } from './people.ts';
import type { RoomPlaces } from './room-places.ts';
import type { DemoSignIn } from './sign-in.ts';

export type DemoRoomsDeps = {
  places: Pick<RoomPlaces, 'take'>;
  rooms: Pick<RoomStore, 'create'>;
  signIn: Pick<DemoSignIn, 'staffCodes'>;
  serverNowMs: () => number;
};

/** What a visitor says of the room that they want. */
export type DemoRoomWish = Pick<
  RoomInfo,
  'title' | 'hostName' | 'sellerContact' | 'currency' | 'timeZone' | 'startsAtMs'
>;

export type MadeDemoRoom = { room: RoomInfo; hostCode: string; moderatorCode: string };

const SLUG_MAX = 24;

/** Rooms that visitors of a demo make for themselves, with codes that sign in as the staff of that room alone. */
export class DemoRooms {
  readonly #deps: DemoRoomsDeps;

  constructor(deps: DemoRoomsDeps) {
    this.#deps = deps;
  }

  async make(wish: DemoRoomWish): Promise<Outcome<MadeDemoRoom, 'DEMO_ROOMS_FULL'>> {
    const { places, rooms, signIn, serverNowMs } = this.#deps;
    for (;;) {
      const roomId = demoRoomId(wish.title);
      if (!(await places.take(roomId))) return refuse('DEMO_ROOMS_FULL');
      const room: RoomInfo = {
        ...{ ...wish, roomId, demo: true, simulated: 0, replayUrl: null },
        checkoutUrl: `${OWN_CHECKOUT}ref={ref}`,
        createdAtMs: serverNowMs(),
      };
      const made = await rooms.create(room, SHOW_ACTOR);
      if (made.ok) return ok({ room, ...signIn.staffCodes(roomId, room.hostName) });
    }
  }
}

/** The title as far as an address has its letters, and so much chance that nobody finds it by trying. */
function demoRoomId(title: string): string {
  const slug = title
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, SLUG_MAX)
    .replace(/-$/, '');
  return `${slug || 'room'}-${randomBytes(5).toString('hex')}`;
}
