import { serverOffsetMs } from '../../model/server-offset.ts';
import { LATE_MS } from '../../plays/room/off-air.ts';

/** What `GET /rooms.json` lists: rooms that anyone may enter. */
export type ListedRoom = {
  roomId: string;
  title: string;
  hostName: string;
  live: boolean;
  demo: boolean;
  /** Distinct people in the room now, the simulated ones among them. */
  viewers: number;
  simulated: number;
  /** When the next show is planned. */
  startsAtMs: number | null;
  /** A past show can be watched. */
  replay: boolean;
  /** What is shown or sold there. */
  imageUrl: string | null;
  /** Of the show that runs. */
  sessionTitle: string | null;
};

export type RoomList = {
  rooms: ListedRoom[];
  /** The server's clock minus this device's. */
  offsetMs: number;
};

/** @throws when the list can't be had. */
export async function fetchRooms(now: () => number = Date.now): Promise<RoomList> {
  const response = await fetch('/rooms.json', { signal: AbortSignal.timeout(8_000) });
  if (!response.ok) throw new Error(`rooms.json: ${response.status}`);
  const { rooms } = (await response.json()) as { rooms: ListedRoom[] };
  return { rooms, offsetMs: serverOffsetMs(response, now()) };
}

export type Sections = Readonly<Record<'live' | 'soon' | 'replays' | 'quiet', ListedRoom[]>>;

/** Live ones by how many watch, planned ones by when they begin; a planned one may also be watched again. */
export function sectionsOf(rooms: readonly ListedRoom[], nowMs: number): Sections {
  const off = rooms.filter(({ live }) => !live);
  const isSoon = ({ startsAtMs }: ListedRoom) => startsAtMs !== null && startsAtMs > nowMs - LATE_MS;
  return {
    live: rooms.filter(({ live }) => live).toSorted((a, b) => b.viewers - a.viewers),
    soon: off.filter(isSoon).toSorted((a, b) => (a.startsAtMs ?? 0) - (b.startsAtMs ?? 0)),
    replays: off.filter(({ replay }) => replay),
    quiet: off.filter((room) => !isSoon(room) && !room.replay),
  };
}
