import type { Role } from '../../shared/kernel/units.ts';
import type { Log } from './log.ts';
import type { RecentEvents } from './room-channel.ts';

/** Who is on a socket: from the token, or a guest. */
export type Identity = {
  userId: string;
  name: string;
  role: Role;
  /** `jti` of the token. */
  tokenId?: string | undefined;
  /** `iat` of the token in ms; 0 where it does not say, and for guests. */
  issuedAtMs: number;
  /** Where the client keeps one: a keyed hash of what its device calls itself. */
  device?: string;
  /** The room that the token is for; `*` for every room. A guest may look into any. */
  room: string;
  /** Unix ms; Infinity for guests. */
  expiresAtMs: number;
};

/** What a command handler knows of its caller. */
export type CommandContext = {
  user: Identity;
  /** The room that the socket is in. Handlers of `outsideRoom` commands must not read it. */
  roomId: string;
  requestId: string;
  log: Log;
  connection: ConnectionPort;
};

/** What the room play may do with the caller's connection. */
export type ConnectionPort = {
  readonly id: string;
  /** Who the token says that the caller is, whatever the room has made of them. */
  readonly token: Identity;
  /** In the room that it is in, now. */
  role(): Role;
  enter(roomId: string): Promise<void>;
  leave(): void;
  /** Runs once, when this socket leaves the room that it is in, or closes. */
  onLeave(listener: () => void): void;
  /** What the room makes of this user: an appointment counts where it is above the token's role. */
  appoint(role: Role): void;
  /** The highest seq that may already have been sent to this node's members, see `RoomFeed`. */
  flushedSeq(): number;
  /** The events after `seq` as this node knows them without asking Redis, see `RoomChannel.recent`. */
  recent(seq: number, atMs?: number): RecentEvents | undefined;
};
