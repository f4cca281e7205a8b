import type { Log } from '../kernel/log.ts';
import type { Peer } from './ports.ts';
import type { PeerState } from './relay-state.ts';
import { Turns } from './relay-turns.ts';

/** The peers of this node, from their first call until they leave. */
export class Peers {
  readonly #log: Log;
  readonly #peers = new Map<string, PeerState>();
  readonly #rooms = new Map<string, Set<PeerState>>();
  /** A command that was on its way while its peer left must not bring it back. */
  readonly #gone = new WeakSet<Peer>();

  constructor(log: Log) {
    this.#log = log;
  }

  get all(): Iterable<PeerState> {
    return this.#peers.values();
  }

  inRoom(roomId: string): PeerState[] {
    return [...(this.#rooms.get(roomId) ?? [])];
  }

  get rooms(): Iterable<string> {
    return this.#rooms.keys();
  }

  find(peer: Peer): PeerState | undefined {
    const state = this.#peers.get(peer.peerId);
    return state?.peer === peer ? state : undefined;
  }

  /** undefined: it has left. */
  enter(peer: Peer): PeerState | undefined {
    const known = this.find(peer);
    if (known !== undefined || this.#gone.has(peer)) return known;
    const state: PeerState = {
      peer,
      tell: (message) => {
        if (state.left) return;
        try {
          peer.tell(message);
        } catch (error) {
          this.#log.error({ roomId: peer.roomId, err: error }, 'a peer could not be told');
        }
      },
      ...{ left: false, sender: undefined, receiver: undefined },
      ...{ transports: new Map(), watching: new Map(), consumers: new Map(), turns: new Turns() },
    };
    this.#peers.set(peer.peerId, state);
    this.#rooms.set(peer.roomId, (this.#rooms.get(peer.roomId) ?? new Set()).add(state));
    return state;
  }

  /** What it had is the caller's to close. */
  leave(peer: Peer): PeerState | undefined {
    this.#gone.add(peer);
    // One that came back has the same id.
    const state = this.find(peer);
    if (state === undefined) return undefined;
    state.left = true;
    this.#peers.delete(peer.peerId);
    const room = this.#rooms.get(peer.roomId);
    room?.delete(state);
    if (room?.size === 0) this.#rooms.delete(peer.roomId);
    return state;
  }
}
