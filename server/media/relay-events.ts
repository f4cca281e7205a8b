import type { RoomEvent } from '../../shared/kernel/ack.ts';
import type { SanctionKind } from '../../shared/kernel/sanction.ts';
import { type Role, SELLERS } from '../../shared/kernel/units.ts';
import type { EndReason, Publication } from '../../shared/plays/media/contract.ts';
import type { Peers } from './peers.ts';
import type { PublicationBook } from './ports.ts';
import type { Anchors } from './relay-anchoring.ts';
import type { ClosedReason, Closing } from './relay-closing.ts';
import { mayPublish } from './relay-publishing.ts';
import type { RelayRooms } from './relay-rooms.ts';
import type { Sources } from './relay-sources.ts';
import type { Carried, PeerState, PeerTransport } from './relay-state.ts';
import { isStaff } from './relay-watching.ts';

export type EventsDeps = {
  book: Pick<PublicationBook, 'isLive'>;
  peers: Peers;
  rooms: RelayRooms;
  sources: Sources;
  closing: Closing;
  anchors: Anchors;
};

/** What events of a room mean for what this node has of it. */
export class RelayEvents {
  readonly #deps: EventsDeps;

  constructor(deps: EventsDeps) {
    this.#deps = deps;
  }

  async observe(roomId: string, { name, data }: RoomEvent): Promise<void> {
    switch (name) {
      case 'media:published':
        return this.#published(roomId, (data as { publication: Publication }).publication);
      case 'media:unpublished': {
        const { publicationId, reason } = data as { publicationId: string; reason: EndReason };
        const own = this.#own(roomId).find((each) => each.publicationId === publicationId);
        if (own !== undefined) return this.#deps.closing.takeAway(own, reason, false);
        return this.#deps.sources.endRemote(roomId, publicationId);
      }
      case 'media:key-revoked': {
        const { keyId } = data as { keyId: string };
        const with_ = this.#own(roomId).filter((each) => each.keyId === keyId);
        await Promise.all(with_.map((each) => this.#deps.closing.takeAway(each, 'revoked', true)));
        return;
      }
      case 'room:session-started':
        return this.#deps.anchors.sessionStarted(roomId, this.#own(roomId));
      case 'room:session-ended':
        this.#deps.rooms.sessionEnded(roomId);
        return this.offAir(roomId);
      case 'room:role-changed': {
        const { userId, role } = data as { userId: string; role: Role };
        // Others see this event as well, and the role is theirs to change.
        await Promise.resolve();
        return this.#roleChanged(roomId, userId, role);
      }
      case 'moderation:sanctioned': {
        const { userIds, kind } = data as { userIds: string[]; kind: SanctionKind };
        if (kind === 'ban' || kind === 'kick') return this.#sendOut(roomId, new Set(userIds));
      }
    }
  }

  /** Nobody but staff watches in this room any more. */
  async offAir(roomId: string): Promise<void> {
    const viewers = this.#deps.peers.inRoom(roomId).filter(({ peer }) => !isStaff(peer));
    await Promise.all(viewers.map((state) => this.#shut(state, 'receive', 'ended', 'off-air')));
  }

  /** Ends what those publish who may not any more: appointments also end by themselves. */
  async recheckRoles(): Promise<void> {
    const publishers = new Set([...this.#deps.sources.own.values()].map(({ owner }) => owner));
    const unfit = [...publishers].filter(({ peer }) => !mayPublish(peer));
    await Promise.all(unfit.map((state) => this.#shut(state, 'send', 'removed', 'removed')));
  }

  #own(roomId: string): Carried[] {
    return [...this.#deps.sources.own.values()].filter((each) => each.roomId === roomId);
  }

  /** Events come in the order of the book: of what was announced, the last of a user and source stands. */
  async #published(roomId: string, { publicationId, userId, source }: Publication): Promise<void> {
    const same = this.#own(roomId).filter(
      (each) => each.owner.peer.userId === userId && each.source === source,
    );
    const replaced = same.filter((each) => each.announced && each.publicationId !== publicationId);
    for (const each of same) if (each.publicationId === publicationId) each.announced = true;
    await Promise.all(replaced.map((each) => this.#deps.closing.takeAway(each, 'replaced', false)));
  }

  async #roleChanged(roomId: string, userId: string, role: Role): Promise<void> {
    const theirs = this.#of(roomId, new Set([userId]));
    await Promise.all(
      theirs.map(async (state) => {
        // Whoever publishes with a key is here by the word of the room alone.
        const keyed = [...(state.sender?.publications ?? [])].some(({ keyId }) => keyId !== undefined);
        const mayNot = !mayPublish(state.peer) || (keyed && !SELLERS.includes(role));
        if (mayNot) await this.#shut(state, 'send', 'removed', 'removed');
        if (isStaff(state.peer) || state.receiver === undefined) return;
        if (!(await this.#deps.book.isLive(roomId))) await this.#shut(state, 'receive', 'ended', 'off-air');
      }),
    );
  }

  async #sendOut(roomId: string, userIds: ReadonlySet<string>): Promise<void> {
    const out = this.#of(roomId, userIds);
    await Promise.all(
      out.map((state) => this.#deps.closing.shutAll(state, state.transports.values(), 'removed', 'removed')),
    );
  }

  #of(roomId: string, userIds: ReadonlySet<string>): PeerState[] {
    return this.#deps.peers.inRoom(roomId).filter(({ peer }) => userIds.has(peer.userId));
  }

  async #shut(
    state: PeerState,
    direction: PeerTransport['direction'],
    reason: EndReason,
    tell: ClosedReason,
  ): Promise<void> {
    const which = [...state.transports.values()].filter((each) => each.direction === direction);
    await this.#deps.closing.shutAll(state, which, reason, tell);
  }
}
