import { mediaContract, type Publication } from '../../../shared/plays/media/contract.ts';
import type { People } from '../../community/people.ts';
import type { CommandContext } from '../../kernel/context.ts';
import type { Log } from '../../kernel/log.ts';
import { ok, refuse } from '../../kernel/outcome.ts';
import { definePlay, nothing, type Play } from '../../kernel/play.ts';
import type { Peer, PeerMessage, Relay } from '../../media/ports.ts';
import type { RtpCapabilities, RtpParameters } from '../../media/sfu.ts';
import { fingerprint } from '../../redis/reply.ts';
import { type MediaStore, mediaReader } from './media.store.ts';
import { PublishMemory } from './publish-memory.ts';
import type { SellerOp, StreamKeyStore } from './stream-keys.store.ts';

export type MediaPlayDeps = {
  relay: Relay;
  people: Pick<People, 'enter'>;
  book: Pick<MediaStore, 'endLeases'>;
  streamKeys: StreamKeyStore;
  log: Log;
  notify: (roomId: string, userId: string, name: string, data: unknown) => void;
};

type MediaPeer = Peer & { readonly published: PublishMemory<Publication> };

export function createMediaPlay(deps: MediaPlayDeps): Play<typeof mediaContract> {
  const { relay, people, book, streamKeys, notify, log } = deps;
  const peers = new Map<string, MediaPeer>();

  /** The caller as the relay knows them: from their first media command in a room until they leave it. */
  function peerOf(context: CommandContext): MediaPeer {
    const { connection, roomId, user } = context;
    const known = peers.get(connection.id);
    if (known?.roomId === roomId) return known;
    const peer: MediaPeer = {
      ...{ peerId: `${connection.id} ${roomId}`, roomId, userId: user.userId, name: user.name },
      role: () => connection.role(),
      tell: (message) => notify(roomId, user.userId, ...noticeOf(message)),
      published: new PublishMemory(),
    };
    peers.set(connection.id, peer);
    connection.onLeave(() => {
      if (peers.get(connection.id) === peer) peers.delete(connection.id);
      relay.leave(peer).catch((error: unknown) => {
        // What it published ends with its lease, if in no other way.
        log.warn({ roomId, err: error }, 'could not close what a peer left behind');
      });
    });
    return peer;
  }

  return definePlay({
    contract: mediaContract,
    snapshot: mediaReader,
    you: () => nothing,
    due: { lease: (roomId, publicationIds) => book.endLeases(roomId, publicationIds) },
    observe: (roomId, event) => relay.observe(roomId, event),
    close: () => relay.close(),
    handlers: {
      'media:prepare': async (_input, { user }) => {
        const rtpCapabilities = relay.rtpCapabilities();
        if (rtpCapabilities === undefined) return refuse('MEDIA_UNAVAILABLE');
        return ok({ rtpCapabilities: rtpCapabilities as never, iceServers: relay.iceServers(user.userId) });
      },
      'media:watch': async (input, context) => {
        // This node may not have heard of a ban yet.
        const asked = await people.enter(context.roomId, context.connection.token);
        if (!asked.ok) return asked;
        return relay.watch(peerOf(context), {
          publicationIds: input.publicationIds,
          rtpCapabilities: input.rtpCapabilities as RtpCapabilities,
          fresh: input.fresh ?? false,
        });
      },
      'media:unwatch': async ({ consumerIds }, context) => {
        await relay.unwatch(peerOf(context), consumerIds);
        return ok({});
      },
      'media:adjust': ({ consumerId, ...change }, context) =>
        relay.adjust(peerOf(context), consumerId, change),
      'media:open-sender': async (_input, context) => {
        const outcome = await relay.openSender(peerOf(context));
        return outcome.ok ? ok({ transport: outcome.data }) : outcome;
      },
      'media:connect': ({ transportId, dtlsParameters }, context) =>
        relay.connect(peerOf(context), transportId, dtlsParameters),
      'media:restart-ice': ({ transportId }, context) => relay.restartIce(peerOf(context), transportId),
      'media:publish': async (input, context) => {
        const { opId, transportId, source, rtpParameters, paused } = input;
        const wish = { transportId, source, rtpParameters: rtpParameters as RtpParameters, paused };
        const asked = await people.enter(context.roomId, context.connection.token);
        if (!asked.ok) return asked;
        const peer = peerOf(context);
        const outcome = await peer.published.once(opId, fingerprint('media:publish', input), () =>
          relay.publish(peer, wish),
        );
        return outcome.ok ? ok({ publication: outcome.data }) : outcome;
      },
      'media:pause': async ({ publicationId, paused }, context) => {
        const outcome = await relay.setPaused(peerOf(context), publicationId, paused);
        return outcome.ok ? ok({ publication: outcome.data }) : outcome;
      },
      'media:unpublish': ({ publicationId }, context) => relay.unpublish(peerOf(context), publicationId),
      'media:create-stream-key': async (input, context) => {
        const { roomId, user } = context;
        const op = opOf('media:create-stream-key', context, input);
        const outcome = await streamKeys.create(roomId, op, { name: user.name, label: input.label });
        return outcome.ok ? ok({ ...outcome.data, whipPath: `/whip/${roomId}` }) : outcome;
      },
      'media:list-stream-keys': async (_input, { roomId, user, connection }) => {
        const all = connection.role() === 'host';
        return ok({ keys: await streamKeys.list(roomId, all ? undefined : user.userId) });
      },
      'media:revoke-stream-key': (input, context) =>
        streamKeys.revoke(context.roomId, opOf('media:revoke-stream-key', context, input), input.keyId),
    },
  });
}

/** With the role of the caller's own token: what the room makes of them, the script knows better than this node. */
function opOf(command: string, { user, connection }: CommandContext, input: { opId: string }): SellerOp {
  return {
    ...{ actor: user.userId, opId: input.opId, tokenRole: connection.token.role },
    fingerprint: fingerprint(command, input),
  };
}

function noticeOf(message: PeerMessage): [string, unknown] {
  const { kind, ...data } = message;
  return [`media:${kind}`, data];
}
