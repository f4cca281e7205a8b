import { FAN_DEFAULTS } from '../../../shared/community/fans.ts';
import type { Ack, Frame } from '../../../shared/kernel/ack.ts';
import type { Role } from '../../../shared/kernel/units.ts';
import type { FlashSale } from '../../../shared/plays/flash-sale/contract.ts';
import { DEFAULT_MODES } from '../../../shared/plays/moderation/modes.ts';
import type { RoomInfo } from '../../../shared/plays/room/contract.ts';
import type { AnyEvent, HandshakeAuth } from '../../../shared/protocol.ts';
import type { Link, LinkHandlers, OpenLink } from '../link.ts';
import type { Time } from '../time.ts';
import type { JoinedRoom } from '../types.ts';

/**
 * A room in memory behind the `OpenLink` port, for tests of the SDK: an event log, joins and resumes, a line
 * that can be cut, slowed or made to lose what the test wants. The state is one number, the viewer count.
 */
export type ModelRoom = {
  openLink: OpenLink;
  /** Commits a viewer count; nothing is sent yet. Within a frame only the last one is sent. */
  commit(viewers: number): void;
  /** Commits an event that a frame always carries. */
  commitKept(): void;
  /** Commits any event, which a frame always carries. */
  commitEvent(name: AnyEvent['name'], data: object): void;
  /** Sends everything since the last frame as one frame, to joined links. False: the frame gets lost. */
  flush(delivered?: boolean): void;
  /** Sends the last frame that was flushed once more. */
  repeat(): void;
  cut(): void;
  closing(
    reason: 'SHUTTING_DOWN' | 'TOKEN_EXPIRED' | 'FLOOD' | 'KICKED',
    reconnect: boolean,
    retryAfterMs?: number,
  ): void;
  /** Handshakes seen. */
  handshakes: HandshakeAuth[];
  /** Commands seen, oldest first. */
  received: { name: string; input: Record<string, unknown> }[];
  /** What to answer: a reply, 'silence', or undefined for the room's own answer. */
  answer: (name: string, input: Record<string, unknown>) => Ack<unknown> | 'silence' | undefined;
  /** Refuse the handshake with this code. */
  refuse: (auth: HandshakeAuth) => string | null | undefined;
  /** Goes with every refusal. */
  retryAfterMs: number | undefined;
  /** In every snapshot from now on. */
  sales: FlashSale[];
  /** Who joins from now on. */
  you: { userId: string; role: Role };
  reachable: boolean;
  latencyMs: number;
  seq(): number;
  viewers(): number;
  /** The count right after `seq`. */
  viewersAt(seq: number): number;
  /** Where the events lie that a frame always carries. */
  keptSeqs(): number[];
  links(): number;
};

const ROOM: RoomInfo = {
  roomId: 'r1',
  title: 'Linen House',
  hostName: 'Mei',
  sellerContact: 'hello@example.com',
  currency: 'CNY',
  timeZone: 'Asia/Shanghai',
  checkoutUrl: null,
  demo: true,
  simulated: 0,
  startsAtMs: null,
  replayUrl: null,
  createdAtMs: 0,
};

type Line = { handlers: LinkHandlers; alive: boolean; joined: boolean };

export function createModelRoom(time: Time, serverOffsetMs = 0, keptEvents = 1000): ModelRoom {
  const log: AnyEvent[] = [];
  const lines = new Set<Line>();
  let flushedSeq = 0;
  let lastFrame: Frame | null = null;

  const counts: number[] = [0];
  const viewersAt = (seq: number) => counts[seq] ?? 0;
  const isKept = (event: AnyEvent) => event.name !== 'room:presence-changed';
  const later = (line: Line, run: () => void) => {
    time.after(room.latencyMs, () => {
      if (line.alive) run();
    });
  };

  function joinedState(): JoinedRoom {
    const you = { ...room.you, name: 'Ana', plays: yourPlays };
    const viewers = viewersAt(log.length);
    return {
      roomId: ROOM.roomId,
      seq: log.length,
      seqAtMs: log.at(-1)?.atMs ?? 0,
      serverNowMs: Math.round(time.now() + serverOffsetMs),
      session: null,
      you,
      snapshot: {
        room: { room: ROOM, session: null, endedAtMs: null, viewers, followers: 0 },
        shelf: { products: [], featuredProductId: null },
        chat: { messages: [], pinned: null },
        'flash-sale': { sales: room.sales },
        order: {},
        lottery: { draws: [] },
        'fan-badges': { rules: FAN_DEFAULTS, fans: 0 },
        moderation: { modes: DEFAULT_MODES },
        media: { publications: [] },
        show: {},
        hearts: { total: 0 },
      },
    };
  }
  const yourPlays = {
    room: { followingSinceMs: null },
    shelf: {},
    chat: {},
    'flash-sale': { taken: {}, waiting: {} },
    order: { orders: [] },
    lottery: { draws: {} },
    'fan-badges': { fan: null, keeperAsk: null, invites: 0 },
    moderation: { sanctions: [] },
    media: {},
    show: {},
    hearts: {},
  };

  function own(line: Line, name: string, input: Record<string, unknown>): Ack<unknown> {
    const serverNowMs = Math.round(time.now() + serverOffsetMs);
    if (name === 'room:clock') return { ok: true, data: { serverNowMs } };
    if (name === 'room:join') {
      line.joined = true;
      return { ok: true, data: joinedState() };
    }
    if (name === 'room:resume') {
      line.joined = true;
      const joined = joinedState();
      const afterSeq = Number(input.afterSeq);
      if (afterSeq > log.length || log.length - afterSeq > keptEvents) {
        return { ok: true, data: { kind: 'snapshot', joined } };
      }
      const { roomId, seq, you } = joined;
      const events = log.slice(afterSeq);
      return { ok: true, data: { kind: 'events', roomId, seq, serverNowMs, you, events } };
    }
    return { ok: true, data: {} };
  }

  function drop(line: Line): void {
    line.alive = false;
    lines.delete(line);
    line.handlers.down();
  }

  const room: ModelRoom = {
    openLink(auth, handlers): Link {
      const line: Line = { handlers, alive: true, joined: false };
      room.handshakes.push(auth);
      later(line, () => {
        const refusal = room.refuse(auth);
        if (!room.reachable) drop(line);
        else if (refusal !== undefined) {
          line.alive = false;
          handlers.refused(refusal, room.retryAfterMs);
        } else {
          lines.add(line);
          handlers.up();
        }
      });
      return {
        send(name, input, reply) {
          const given = input as Record<string, unknown>;
          later(line, () => {
            room.received.push({ name, input: given });
            const ack = room.answer(name, given) ?? own(line, name, given);
            if (ack !== 'silence') later(line, () => reply(ack));
          });
        },
        close() {
          line.alive = false;
          lines.delete(line);
        },
      };
    },
    commit(viewers) {
      const seq = log.length + 1;
      log.push({ seq, name: 'room:presence-changed', atMs: time.now(), data: { viewers, followers: 0 } });
      counts.push(viewers);
    },
    commitKept() {
      room.commitEvent('shelf:product-featured', { productId: `p${log.length + 1}` });
    },
    commitEvent(name, data) {
      const seq = log.length + 1;
      log.push({ seq, name, atMs: time.now(), data } as AnyEvent);
      counts.push(viewersAt(seq - 1));
    },
    flush(delivered = true) {
      if (flushedSeq === log.length) return;
      const fresh = log.slice(flushedSeq);
      const lastCount = fresh.findLast((event) => !isKept(event));
      const events = fresh.filter((event) => isKept(event) || event === lastCount);
      lastFrame = { roomId: ROOM.roomId, fromSeq: flushedSeq + 1, toSeq: log.length, events, omittedChat: 0 };
      flushedSeq = log.length;
      if (delivered) room.repeat();
    },
    repeat() {
      const frame = lastFrame;
      if (frame === null) return;
      for (const line of lines) if (line.joined) later(line, () => line.handlers.frame(frame));
    },
    cut() {
      for (const line of [...lines]) drop(line);
    },
    closing(reason, reconnect, retryAfterMs) {
      const when = retryAfterMs === undefined ? {} : { retryAfterMs };
      for (const line of [...lines]) {
        line.handlers.closing({ reason, reconnect, ...when });
        drop(line);
      }
    },
    handshakes: [],
    received: [],
    answer: () => undefined,
    refuse: () => undefined,
    retryAfterMs: undefined,
    sales: [],
    you: { userId: 'u1', role: 'viewer' },
    reachable: true,
    latencyMs: 20,
    seq: () => log.length,
    viewers: () => viewersAt(log.length),
    viewersAt,
    keptSeqs: () => log.filter(isKept).map(({ seq }) => seq),
    links: () => lines.size,
  };
  return room;
}
