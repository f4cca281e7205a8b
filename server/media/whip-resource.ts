import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { type Problem, problem } from '../http/problem.ts';
import { hashSecret } from '../http/same-secret.ts';
import type { HttpSession, HttpSessions, Negotiated } from './http-sessions.ts';
import type { Relay } from './ports.ts';
import { writeIceFragment } from './sdp/answer.ts';
import { readIceFragment } from './sdp/ice-fragment.ts';
import { SdpProblem } from './sdp/sdp-problem.ts';

/** What may be done to a session: the same for WHIP and WHEP, on whichever node the request arrives. */

export const FRAGMENT_TYPE = 'application/trickle-ice-sdpfrag';

export const resourceRequestSchema = z.strictObject({
  method: z.enum(['PATCH', 'DELETE']),
  roomId: z.string().max(64),
  sessionId: z.string().max(64),
  bearer: z.string().max(4000).optional(),
  contentType: z.string().max(200).optional(),
  ifMatch: z.string().max(600).optional(),
  body: z.string().max(20_000).optional(),
});
export type ResourceRequest = z.infer<typeof resourceRequestSchema>;
export type Reply = { ok: true; status: number; headers: Record<string, string | string[]>; body: string };

type Deps = { sessions: HttpSessions; relay: Relay };

export async function changeSession(deps: Deps, request: ResourceRequest): Promise<Reply | Problem> {
  const session = deps.sessions.get(request.sessionId);
  const { negotiated } = session ?? {};
  if (session === undefined || negotiated === undefined || session.peer.roomId !== request.roomId)
    return problem('MEDIA_SESSION_NOT_FOUND');
  if (!opened(session, request.bearer))
    return problem('UNAUTHENTICATED', {
      detail: 'This needs the bearer token that the session was opened with.',
      headers: { 'WWW-Authenticate': 'Bearer' },
    });
  if (request.method === 'PATCH') return patch(deps, session, negotiated, request);
  await deps.sessions.end(session);
  return { ok: true, status: 200, headers: {}, body: '' };
}

function opened({ bearerHash }: HttpSession, bearer: string | undefined): boolean {
  if (bearerHash === undefined) return true;
  return bearer !== undefined && timingSafeEqual(bearerHash, hashSecret(bearer));
}

async function patch(
  { relay, sessions }: Deps,
  session: HttpSession,
  negotiated: Negotiated,
  { contentType, ifMatch, body = '' }: ResourceRequest,
): Promise<Reply | Problem> {
  if (contentType !== FRAGMENT_TYPE)
    return problem('NOT_SDP', { detail: `expected Content-Type: ${FRAGMENT_TYPE}` });
  if (ifMatch === undefined) return problem('IF_MATCH_MISSING');
  // RFC 9725 writes "*" with quotes in its examples, HTTP without.
  const restart = ifMatch === '*' || ifMatch === '"*"';
  if (!restart && ifMatch !== negotiated.etag)
    return problem('MEDIA_PRECONDITION_FAILED', { headers: { ETag: negotiated.etag } });
  let ice: ReturnType<typeof readIceFragment>['ice'];
  try {
    ({ ice } = readIceFragment(body));
  } catch (error) {
    if (error instanceof SdpProblem)
      return problem('SDP_INVALID', { path: error.where, detail: error.message });
    throw error;
  }
  const { peerIce } = negotiated;
  if (ice === undefined || (ice.ufrag === peerIce.ufrag && ice.pwd === peerIce.pwd)) {
    if (restart)
      return problem('SDP_INVALID', { detail: 'the fragment: expected a new a=ice-ufrag and a=ice-pwd' });
    // Candidates. The relay answers checks from wherever they come.
    return { ok: true, status: 204, headers: {}, body: '' };
  }
  const restarted = await relay.restartIce(session.peer, negotiated.transportId);
  if (!restarted.ok) {
    await sessions.end(session);
    return problem('MEDIA_SESSION_NOT_FOUND');
  }
  const { iceParameters } = restarted.data;
  negotiated.peerIce = ice;
  negotiated.etag = etagOf(iceParameters);
  return {
    ...{ ok: true, status: 200 },
    headers: { 'Content-Type': FRAGMENT_TYPE, ETag: negotiated.etag },
    body: writeIceFragment(iceParameters, negotiated.candidates, negotiated.tag),
  };
}

/** Each ICE session of the relay has credentials of its own. */
export function etagOf({ usernameFragment }: { usernameFragment: string }): string {
  return `"${usernameFragment}"`;
}
