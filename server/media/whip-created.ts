import type { IceServer, MediaTransport } from '../../shared/media/rtp.ts';
import type { HttpSession } from './http-sessions.ts';
import type { AnsweredSection } from './sdp/answer.ts';
import type { Offer } from './sdp/offer.ts';
import { etagOf, type Reply } from './whip-resource.ts';

type Made = {
  transport: MediaTransport;
  offer: Offer;
  answered: readonly AnsweredSection[];
  answer: string;
  iceServers: readonly IceServer[];
};

/** The session is up: notes what later requests need, and answers 201. `sessionId` becomes its address. */
export function created(session: HttpSession, made: Made): Reply {
  const { transport, offer, answered, answer, iceServers } = made;
  const etag = etagOf(transport.iceParameters);
  const [tagged] = answered;
  session.negotiated = {
    ...{ transportId: transport.transportId, etag, peerIce: offer.ice, candidates: transport.iceCandidates },
    tag: {
      mid: tagged?.section.mid ?? '0',
      kind: tagged?.section.type ?? 'audio',
      payloadTypes: tagged?.codecs.map(({ payloadType }) => payloadType) ?? [],
    },
  };
  const links = iceServers.flatMap(linksOf);
  return {
    ...{ ok: true, status: 201, body: answer },
    headers: {
      ...{ 'Content-Type': 'application/sdp', ETag: etag, sessionId: session.sessionId },
      ...(links.length > 0 ? { Link: links } : {}),
    },
  };
}

/** RFC 9725, 4.6: STUN and TURN servers as links. */
export function linksOf({ urls, username, credential }: IceServer): string[] {
  const login =
    username === undefined || credential === undefined
      ? ''
      : `; username="${escaped(username)}"; credential="${escaped(credential)}"; credential-type="password"`;
  return urls.map((url) => `<${url}>; rel="ice-server"${login}`);
}

function escaped(text: string): string {
  return text.replaceAll(/["\\]/g, '\\$&');
}
