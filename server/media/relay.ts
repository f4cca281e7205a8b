import * as ortc from 'mediasoup/ortc';
import { type Outcome, refuse } from '../kernel/outcome.ts';
import { routerCodecs } from './codecs.ts';
import { Peers } from './peers.ts';
import type { LocalSource, Peer, Relay } from './ports.ts';
import { Anchors } from './relay-anchoring.ts';
import { BookKeeper } from './relay-book.ts';
import { Closing } from './relay-closing.ts';
import { Consuming } from './relay-consuming.ts';
import type { RelayDeps } from './relay-deps.ts';
import { Egress } from './relay-egress.ts';
import { RelayEvents } from './relay-events.ts';
import { Loads } from './relay-loads.ts';
import { mayPublish, Publishing } from './relay-publishing.ts';
import { RelayRooms } from './relay-rooms.ts';
import { Routers } from './relay-routers.ts';
import { Sources } from './relay-sources.ts';
import type { Carried, PeerState } from './relay-state.ts';
import { Tasks } from './relay-tasks.ts';
import { Transports } from './relay-transports.ts';
import { Upkeep } from './relay-upkeep.ts';
import { Viewing } from './relay-watching.ts';
import { SfuBadInput, SfuClosed, type SfuWorker } from './sfu.ts';
import { iceServersFor } from './turn.ts';

export type RelayHandle = {
  relay: Relay;
  /** For the pipes: what other nodes may be fed with. */
  localSource: LocalSource;
  /** Whether this node may be asked to send more. */
  canFeed: () => boolean;
  /** Does what is due by the clock; the relay calls it by itself. Never rejects. */
  tick: () => Promise<void>;
};

/** Grain of all deadlines. */
const TICK_MS = 500;

/** The relay of this node, on an SFU that is up. It closes what it made, not what it was given. */
export function createRelay(deps: RelayDeps): RelayHandle {
  const { sfu, book, remote, nodeId, config, clock, random, log, observer } = deps;
  const routers = new Routers({ ...config, clock });
  const loads = new Loads(sfu, routers, config);
  const transports = new Transports({ clock, routers, loads });
  const keeper = new BookKeeper({ book, nodeId, clock, log });
  const sources = new Sources({
    ...{ book, remote, nodeId, clock, log, routers, loads },
    lingerMs: config.lingerMs,
  });
  const closing = new Closing({ sources, transports, keeper, log });
  const anchors = new Anchors({ book, clock, log });
  const egress = new Egress(config.bitratePerNodeMbps, log);
  const peers = new Peers(log);
  const rooms = new RelayRooms(deps.follow, log);
  const shared = { ...config, ...{ sfu, book, remote, nodeId, clock, random, log, observer } };
  const parts = { routers, loads, transports, keeper, sources, closing, anchors, egress, peers, rooms };
  const publishing = new Publishing({ ...shared, ...parts });
  const viewing = new Viewing({ ...shared, ...parts, consuming: new Consuming({ ...parts, log }) });
  const events = new RelayEvents({ ...shared, ...parts });
  const upkeep = new Upkeep({ ...shared, ...parts, events, publishing });
  const tasks = new Tasks(log);
  const rtpCapabilities = ortc.generateRouterRtpCapabilities(routerCodecs());
  let closed: Promise<void> | undefined;

  const stopListening = sfu.on('onWorkerDied', (worker) => {
    observer.workerDied();
    routers.drop(worker);
    tasks.run('the end of a worker', () => workerDied(worker));
  });
  const timer = setInterval(() => tasks.run('upkeep', () => upkeep.tick()), TICK_MS);
  timer.unref();

  /** Its peers are told once each; what they published is entered as lost. */
  async function workerDied(worker: SfuWorker): Promise<void> {
    const byPeer = Map.groupBy(transports.on(worker), ({ owner }) => owner);
    await Promise.all(
      [...byPeer].map(([state, lost]) => closing.shutAll(state, lost, 'lost', 'worker-died')),
    );
  }

  /** The peer as one who is in its room here. undefined: it has left, or the relay closes. */
  async function enter(peer: Peer): Promise<PeerState | undefined> {
    const state = closed === undefined ? peers.enter(peer) : undefined;
    if (state === undefined) return undefined;
    await rooms.follow(peer.roomId);
    return state.left || closed !== undefined ? undefined : state;
  }

  function ownPublication(peer: Peer, publicationId: string): Carried | undefined {
    const carried = sources.own.get(publicationId);
    return carried?.owner === peers.find(peer) && carried?.publication !== undefined ? carried : undefined;
  }

  function counted<O extends Outcome<unknown>>(outcome: O): O {
    if (!outcome.ok) observer.refused(outcome.code);
    return outcome;
  }

  async function closeAll(): Promise<void> {
    clearInterval(timer);
    stopListening();
    const leaving = [...peers.all].map(({ peer }) => leave(peer, 'lost'));
    await Promise.all(leaving);
    await tasks.idle();
    await anchors.idle();
    await sources.close();
    await routers.close();
    await rooms.close();
  }

  /** Whatever was under way for it finds that it has left, and puts away what it made. */
  async function leave(peer: Peer, reason: 'ended' | 'lost'): Promise<void> {
    const state = peers.leave(peer);
    if (state === undefined) return;
    const underWay = [state.turns.idle(), state.receiver, ...state.watching.values()];
    await closing.shutAll(state, state.transports.values(), reason);
    await Promise.allSettled(underWay);
  }

  const relay: Relay = {
    status: () =>
      sfu.workers.length > 0
        ? { available: true, workers: sfu.workers.length }
        : {
            available: false,
            reason: 'no media worker is up',
            advice: 'They are started again by themselves; the log says why they ended.',
          },
    rtpCapabilities: () => rtpCapabilities,
    iceServers: (userId) => iceServersFor(userId, deps.serverNowMs(), config),

    async openSender(peer) {
      if (!mayPublish(peer)) return counted(refuse('FORBIDDEN'));
      const state = await enter(peer);
      if (state === undefined) return counted(refuse('MEDIA_UNAVAILABLE'));
      return counted(await state.turns.take(() => publishing.openSender(state)));
    },

    async connect(peer, transportId, dtlsParameters) {
      const transport = peers.find(peer)?.transports.get(transportId);
      if (transport === undefined) return counted(refuse('TRANSPORT_NOT_FOUND'));
      if (transport.direction === 'send' && !mayPublish(peer)) return counted(refuse('TRANSPORT_NOT_FOUND'));
      try {
        await transports.connect(transport, dtlsParameters);
        return { ok: true, data: {} };
      } catch (error) {
        if (error instanceof SfuBadInput) return counted(refuse('BAD_MEDIA'));
        if (error instanceof SfuClosed) return counted(refuse('TRANSPORT_NOT_FOUND'));
        throw error;
      }
    },

    async restartIce(peer, transportId) {
      const transport = peers.find(peer)?.transports.get(transportId);
      if (transport === undefined) return counted(refuse('TRANSPORT_NOT_FOUND'));
      try {
        return { ok: true, data: { iceParameters: await transports.restartIce(transport) } };
      } catch (error) {
        if (error instanceof SfuClosed) return counted(refuse('TRANSPORT_NOT_FOUND'));
        throw error;
      }
    },

    async publish(peer, wish) {
      if (!mayPublish(peer)) return counted(refuse('FORBIDDEN'));
      const state = peers.find(peer);
      if (state === undefined) return counted(refuse('TRANSPORT_NOT_FOUND'));
      return counted(await state.turns.take(() => publishing.publish(state, wish)));
    },

    async setPaused(peer, publicationId, paused) {
      const carried = ownPublication(peer, publicationId);
      if (carried === undefined) return counted(refuse('PUBLICATION_NOT_FOUND'));
      return counted(await publishing.setPaused(carried, paused));
    },

    async unpublish(peer, publicationId) {
      const own = ownPublication(peer, publicationId);
      if (own !== undefined) await closing.end(own, 'ended', true);
      else if (peer.role() !== 'host' || !(await book.unpublish(peer.roomId, publicationId, 'removed')))
        return counted(refuse('PUBLICATION_NOT_FOUND'));
      return { ok: true, data: {} };
    },

    async watch(peer, wish) {
      const state = await enter(peer);
      if (state === undefined) return counted(refuse('MEDIA_UNAVAILABLE'));
      return counted(await viewing.watch(state, wish));
    },

    async unwatch(peer, consumerIds) {
      const state = peers.find(peer);
      if (state !== undefined) await viewing.unwatch(state, consumerIds);
    },

    async adjust(peer, consumerId, change) {
      const state = peers.find(peer);
      if (state === undefined) return counted(refuse('CONSUMER_NOT_FOUND'));
      return counted(await viewing.adjust(state, consumerId, change));
    },

    async isSending(publicationId) {
      const carried = sources.own.get(publicationId);
      return carried !== undefined && publishing.isSending(carried);
    },

    leave: (peer) => leave(peer, 'ended'),
    observe(roomId, event) {
      tasks.run(event.name, () => events.observe(roomId, event));
    },
    close() {
      closed ??= Promise.resolve().then(closeAll);
      return closed;
    },
  };

  return {
    relay,
    localSource: async (roomId, publicationId) => {
      const source = sources.local(roomId, publicationId);
      const router = await source?.entry.ready.catch(() => undefined);
      return source && router && !source.ended ? { router, producer: source.producer } : undefined;
    },
    canFeed: () => closed === undefined && !egress.isFull,
    tick: () => upkeep.tick(),
  };
}
