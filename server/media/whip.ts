import type { Router } from 'express';
import { z } from 'zod';
import type { Source } from '../../shared/plays/media/contract.ts';
import { type Problem, problem } from '../http/problem.ts';
import { hashSecret } from '../http/same-secret.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { RandomSource } from '../kernel/random.ts';
import type { RateLimits } from '../kernel/rate-limits.ts';
import { type HttpSession, HttpSessions } from './http-sessions.ts';
import type { KeyHolder, NodeBus, PublicationBook, Relay, StreamKeys } from './ports.ts';
import { setupOf, writeAnswer } from './sdp/answer.ts';
import { acceptIncoming, type Incoming } from './sdp/negotiate.ts';
import type { Offer } from './sdp/offer.ts';
import { created } from './whip-created.ts';
import { createMediaHttp, type Opening, readSafely } from './whip-http.ts';
import { changeSession, type Reply, resourceRequestSchema } from './whip-resource.ts';

/** WHIP (RFC 9725): OBS, FFmpeg, GStreamer and pages publish by one POST with a stream key. */

export type WhipDeps = {
  relay: Relay;
  book: Pick<PublicationBook, 'current'>;
  keys: StreamKeys;
  bus: NodeBus;
  nodeId: string;
  clock: Clock;
  random: RandomSource;
  log: Log;
  rateLimits: RateLimits;
  trustedHops: number;
};

export type MediaHttp = { router: Router; sessions: HttpSessions; close(): Promise<void> };

const METHOD = 'media.whip';
const SOURCES = { video: 'encoder-video', audio: 'encoder-audio' } as const satisfies Record<string, Source>;
/** For an encoder that finds another one sending, or the relay full. */
const RETRY_MS = 5000;

const askedSchema = z.union([
  z.strictObject({ ask: z.literal('change'), asked: resourceRequestSchema }),
  z.strictObject({ ask: z.literal('is-sending'), publicationId: z.string().max(64) }),
]);

export function createWhip(deps: WhipDeps): MediaHttp {
  const { relay, bus } = deps;
  const sessions = new HttpSessions(deps);
  const change = (request: z.infer<typeof resourceRequestSchema>) =>
    changeSession({ sessions, relay }, request);
  bus.handle(METHOD, async (payload) => {
    const asked = askedSchema.parse(payload);
    return asked.ask === 'change' ? change(asked.asked) : relay.isSending(asked.publicationId);
  });
  const router = createMediaHttp({
    ...{ ...deps, name: 'whip', needsBearer: true, change },
    open: (opening) => publish(deps, sessions, opening),
  });
  return { router, sessions, close: () => sessions.close() };
}

async function publish(deps: WhipDeps, sessions: HttpSessions, opening: Opening): Promise<Reply | Problem> {
  const { relay, keys } = deps;
  const { roomId, bearer = '' } = opening;
  const holder = await keys.verify(roomId, bearer);
  if (holder === undefined)
    return problem('UNAUTHENTICATED', {
      detail: 'There is no such stream key in this room.',
      headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
    });
  const status = relay.status();
  const capabilities = relay.rtpCapabilities();
  if (!status.available || capabilities === undefined)
    return problem('MEDIA_UNAVAILABLE', {
      ...(status.available ? {} : { detail: status.reason }),
      retryAfterMs: 60_000,
    });
  const read = readSafely(opening.offer, (offer) => acceptIncoming(offer, capabilities));
  if (!read.ok) return read;
  if (await sendsAlready(deps, holder)) return problem('STREAM_IN_USE', { retryAfterMs: RETRY_MS });
  // Silent ones of the same user give way, and take their publications with them.
  for (const old of sessions.ofUser(roomId, holder.userId)) await sessions.end(old);
  const session = sessions.open('whip', {
    ...{ roomId, userId: holder.userId, name: holder.name, address: opening.address },
    ...{ bearerHash: hashSecret(bearer), token: undefined },
    // Only those who may publish have stream keys, see `StreamKeys.verify`.
    role: () => (holder.isHost ? 'host' : 'cohost'),
  });
  let answer: Reply | Problem | undefined;
  try {
    answer = await start(deps, session, holder, read.offer, read.accepted);
  } finally {
    if (!answer?.ok) await sessions.end(session);
  }
  return answer;
}

async function start(
  { relay, random, log }: WhipDeps,
  session: HttpSession,
  holder: KeyHolder,
  offer: Offer,
  incoming: readonly Incoming[],
): Promise<Reply | Problem> {
  const { peer } = session;
  const opened = await relay.openSender(peer);
  if (!opened.ok) return problem(opened.code, { retryAfterMs: RETRY_MS });
  const transport = opened.data;
  const { transportId } = transport;
  const role = setupOf(offer) === 'passive' ? 'client' : 'server';
  const connected = await relay.connect(peer, transportId, { role, fingerprints: offer.fingerprints });
  if (!connected.ok) return refused(connected.code);
  for (const { kind, rtpParameters } of incoming) {
    const wish = { transportId, source: SOURCES[kind], rtpParameters, paused: false, keyId: holder.keyId };
    const published = await relay.publish(peer, wish);
    if (!published.ok) return refused(published.code);
    session.publicationIds = [...session.publicationIds, published.data.publicationId];
  }
  if (session.ended) return refused('TRANSPORT_NOT_FOUND');
  log.info({ roomId: peer.roomId, userId: peer.userId, keyId: holder.keyId }, 'publishing by WHIP');
  const answered = incoming.map(({ answer }) => answer);
  return created(session, {
    ...{ transport, offer, answered, iceServers: relay.iceServers(peer.userId) },
    answer: writeAnswer(offer, transport, answered, Math.floor(random.next() * 2 ** 48)),
  });
}

function refused(
  code: 'TRANSPORT_NOT_FOUND' | 'BAD_MEDIA' | 'MEDIA_FULL' | 'TOO_MANY_PUBLICATIONS' | 'BANNED' | 'FORBIDDEN',
): Problem {
  if (code === 'BAD_MEDIA')
    return problem('SDP_INVALID', { detail: 'The parts of the offer do not fit together or to the relay.' });
  // The relay closed the transport under our hands: its worker died, or it needs the place.
  if (code === 'TRANSPORT_NOT_FOUND') return problem('MEDIA_FULL', { retryAfterMs: 1000 });
  return code === 'MEDIA_FULL' ? problem(code, { retryAfterMs: RETRY_MS }) : problem(code);
}

/** Whether another encoder of the same user is sending, on whatever node. */
async function sendsAlready({ book, relay, bus, nodeId }: WhipDeps, holder: KeyHolder): Promise<boolean> {
  const origins = await Promise.all(
    Object.values(SOURCES).map((source) => book.current(holder.roomId, holder.userId, source)),
  );
  const sending = origins.map((origin) => {
    if (origin === undefined) return false;
    const { publicationId } = origin.publication;
    if (origin.nodeId === nodeId) return relay.isSending(publicationId);
    // A node that does not answer carries nothing that anybody could watch.
    return bus.request(origin.nodeId, METHOD, { ask: 'is-sending', publicationId }).catch(() => false);
  });
  return (await Promise.all(sending)).includes(true);
}
