import { z } from 'zod';
import type { Role } from '../../shared/kernel/units.ts';
import type { Publication } from '../../shared/plays/media/contract.ts';
import type { People } from '../community/people.ts';
import { type Problem, problem } from '../http/problem.ts';
import { hashSecret } from '../http/same-secret.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Identity } from '../kernel/context.ts';
import type { Log } from '../kernel/log.ts';
import type { RandomSource } from '../kernel/random.ts';
import type { RateLimits } from '../kernel/rate-limits.ts';
import { guest, type Tokens } from '../realtime/auth.ts';
import type { Revocations } from '../realtime/revocations.ts';
import { codecNames } from './codecs.ts';
import { type HttpSession, HttpSessions } from './http-sessions.ts';
import type { NodeBus, Relay, Watched } from './ports.ts';
import { setupOf, writeAnswer } from './sdp/answer.ts';
import { acceptOutgoing, answerOutgoing, type Outgoing, receiverOf } from './sdp/negotiate.ts';
import type { Offer } from './sdp/offer.ts';
import type { RtpParameters } from './sfu.ts';
import { chooseMain } from './whep-choice.ts';
import type { MediaHttp } from './whip.ts';
import { created } from './whip-created.ts';
import { createMediaHttp, type Opening, readSafely, sdpRefusal } from './whip-http.ts';
import { changeSession, type Reply, resourceRequestSchema } from './whip-resource.ts';

/** WHEP (draft-ietf-wish-whep): any standard player watches by one POST. */

export type WhepDeps = {
  relay: Relay;
  /** What is published in a room now. */
  shown: (roomId: string) => Promise<readonly Publication[]>;
  bus: NodeBus;
  tokens: Pick<Tokens, 'verify'>;
  revocations: Pick<Revocations, 'isRevoked'>;
  people: Pick<People, 'enter'>;
  rooms: { exists(roomId: string): Promise<boolean> };
  nodeId: string;
  clock: Clock;
  random: RandomSource;
  log: Log;
  rateLimits: RateLimits;
  trustedHops: number;
  sessionsPerAddress: number;
};

const METHOD = 'media.whep';
/** For a player that came before the show, or finds the relay full. */
const RETRY_MS = 5000;

const askedSchema = z.strictObject({ ask: z.literal('change'), asked: resourceRequestSchema });

export function createWhep(deps: WhepDeps): MediaHttp {
  const { relay, bus } = deps;
  const sessions = new HttpSessions(deps);
  const change = (request: z.infer<typeof resourceRequestSchema>) =>
    changeSession({ sessions, relay }, request);
  bus.handle(METHOD, async (payload) => change(askedSchema.parse(payload).asked));
  const router = createMediaHttp({
    ...{ ...deps, name: 'whep', needsBearer: false, change },
    open: (opening) => play(deps, sessions, opening),
  });
  return { router, sessions, close: () => sessions.close() };
}

async function play(deps: WhepDeps, sessions: HttpSessions, opening: Opening): Promise<Reply | Problem> {
  const { relay } = deps;
  const { roomId, bearer, address } = opening;
  if (sessions.countOf(address) >= deps.sessionsPerAddress)
    return problem('RATE_LIMITED', {
      detail: 'Too many sessions from this address.',
      retryAfterMs: RETRY_MS,
    });
  const entered = await enter(deps, roomId, bearer);
  if (!entered.ok) return entered;
  const status = relay.status();
  const capabilities = relay.rtpCapabilities();
  if (!status.available || capabilities === undefined)
    return problem('MEDIA_UNAVAILABLE', {
      ...(status.available ? {} : { detail: status.reason }),
      retryAfterMs: 60_000,
    });
  const read = readSafely(opening.offer, (offer) => acceptOutgoing(offer, capabilities));
  if (!read.ok) return read;
  const { user, role } = entered;
  const session = sessions.open('whep', {
    ...{ roomId, userId: user.userId, name: user.name, address },
    bearerHash: bearer === undefined ? undefined : hashSecret(bearer),
    token: bearer === undefined ? undefined : user,
    // A session outlives its token; what the token allowed beyond watching does not.
    role: () => (deps.clock.nowMs() < user.expiresAtMs ? role : 'guest'),
  });
  let answer: Reply | Problem | undefined;
  try {
    answer = await start(deps, session, read.offer, read.accepted);
  } catch (error) {
    answer = sdpRefusal(error);
  } finally {
    if (!answer?.ok) await sessions.end(session);
  }
  return answer;
}

type Entered = { ok: true; user: Identity; role: Role };

/** The same door as that of sockets: token, room, ban. Without a token one is a guest. */
async function enter(deps: WhepDeps, roomId: string, bearer: string | undefined): Promise<Entered | Problem> {
  let user = guest(deps.random);
  if (bearer !== undefined) {
    const verified = await deps.tokens.verify(bearer);
    if (!verified.ok && verified.reason === 'ISSUER_UNAVAILABLE')
      return problem('UNAVAILABLE', {
        detail: 'Tokens cannot be checked right now.',
        retryAfterMs: RETRY_MS,
      });
    if (!verified.ok || (await deps.revocations.isRevoked(verified.identity)))
      return problem('UNAUTHENTICATED', {
        detail: 'The token is not valid here (any more).',
        headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
      });
    user = verified.identity;
  }
  if (user.room !== '*' && user.room !== roomId)
    return problem('FORBIDDEN', { detail: 'The token is for another room.' });
  if (!(await deps.rooms.exists(roomId))) return problem('ROOM_NOT_FOUND');
  const entered = await deps.people.enter(roomId, user);
  return entered.ok ? { ok: true, user, role: entered.data } : problem('BANNED');
}

async function start(
  deps: WhepDeps,
  session: HttpSession,
  offer: Offer,
  outgoing: readonly Outgoing[],
): Promise<Reply | Problem> {
  const { relay, random, log } = deps;
  const { peer } = session;
  const main = chooseMain(await deps.shown(peer.roomId));
  const wanted = outgoing.flatMap(({ kind }) => main[kind]?.publicationId ?? []);
  if (wanted.length === 0) return problem('NOTHING_TO_WATCH', { retryAfterMs: RETRY_MS });
  const watched = await relay.watch(peer, { publicationIds: wanted, ...receiverOf(outgoing) });
  if (!watched.ok) {
    if (watched.code === 'OFF_AIR')
      return problem('NOTHING_TO_WATCH', { detail: 'The show is not on.', retryAfterMs: RETRY_MS });
    return problem(watched.code, { retryAfterMs: RETRY_MS });
  }
  const { transport, transportId, consumers, missing } = watched.data;
  const [lacking] = missing;
  if (lacking !== undefined) return without(lacking.code);
  if (transport === null) throw new Error('a new peer has a transport already');
  const role = setupOf(offer) === 'passive' ? 'client' : 'server';
  const connected = await relay.connect(peer, transportId, { role, fingerprints: offer.fingerprints });
  if (!connected.ok && connected.code === 'BAD_MEDIA')
    return problem('SDP_INVALID', { detail: 'The relay cannot use the fingerprint of the offer.' });
  if (!connected.ok || session.ended) return problem('MEDIA_FULL', { retryAfterMs: 1000 });
  const answered = outgoing.flatMap((each) => {
    const consumer = consumers.find(({ kind }) => kind === each.kind);
    if (consumer === undefined) return [];
    const ids = { streamId: session.sessionId, trackId: consumer.publicationId };
    return [answerOutgoing(each, consumer.rtpParameters as RtpParameters, ids)];
  });
  log.debug({ roomId: peer.roomId }, 'watched by WHEP');
  return created(session, {
    ...{ transport, offer, answered, iceServers: relay.iceServers(peer.userId) },
    answer: writeAnswer(offer, transport, answered, Math.floor(random.next() * 2 ** 48)),
  });
}

function without(code: Watched['missing'][number]['code']): Problem {
  switch (code) {
    case 'CANNOT_PLAY':
      return problem('CODECS_UNSUPPORTED', {
        detail: 'What is shown is in a codec that was not offered; the relay does not transcode.',
        codecs: [...codecNames('video'), ...codecNames('audio')],
      });
    case 'PUBLICATION_NOT_FOUND':
      return problem('NOTHING_TO_WATCH', { retryAfterMs: 1000 });
    default:
      return problem(code, { retryAfterMs: RETRY_MS });
  }
}
