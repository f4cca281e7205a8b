import type { IceCandidate, IceParameters, MediaTransport } from '../../../shared/media/rtp.ts';
import type { Offer } from './offer.ts';
import type { OfferedCodec, OfferedExtension, OfferedSection } from './section.ts';

/** What the relay takes of an offered section. */
export type AnsweredSection = {
  section: OfferedSection;
  direction: 'sendonly' | 'recvonly';
  /** Those of the offer, with its payload types (RFC 3264); feedback cut down to what both sides have. */
  codecs: readonly OfferedCodec[];
  headerExtensions: readonly OfferedExtension[];
  /** Simulcast that is received (RFC 8853). */
  rids?: readonly string[];
  /** What is sent. */
  stream?: { ssrc: number; rtxSsrc?: number; cname: string; streamId: string; trackId: string };
};

/** Which end of DTLS the relay takes: the server, unless the peer insists on that. */
export function setupOf(offer: Pick<Offer, 'setup'>): 'passive' | 'active' {
  return offer.setup === 'passive' ? 'active' : 'passive';
}

/** Writes the answer (RFC 3264, RFC 9429): ICE lite, everything accepted in one BUNDLE, the rest with port 0. */
export function writeAnswer(
  offer: Offer,
  transport: MediaTransport,
  answered: readonly AnsweredSection[],
  sessionId: number,
): string {
  const { fingerprints } = transport.dtlsParameters;
  const shared = [
    ...iceLines(transport.iceParameters),
    ...fingerprints.map(({ algorithm, value }) => `a=fingerprint:${algorithm} ${value}`),
    `a=setup:${setupOf(offer)}`,
    ...candidateLines(transport.iceCandidates),
    'a=rtcp-mux',
  ];
  const place = placeOf(transport.iceCandidates);
  return lines([
    'v=0',
    `o=livestall ${sessionId} 1 IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    'a=ice-lite',
    `a=group:BUNDLE ${answered.map(({ section }) => section.mid).join(' ')}`,
    ...(offer.extmapAllowMixed ? ['a=extmap-allow-mixed'] : []),
    'a=msid-semantic:WMS *',
    ...inOfferedOrder(offer, answered).flatMap(({ section, taken }) =>
      taken === undefined ? rejection(section) : [...acceptance(taken, place), ...shared],
    ),
  ]);
}

/** New credentials after an ICE restart, as `application/trickle-ice-sdpfrag` (RFC 8840). */
export function writeIceFragment(
  iceParameters: IceParameters,
  candidates: readonly IceCandidate[],
  tag: { mid: string; kind: string; payloadTypes: readonly number[] },
): string {
  return lines([
    'a=ice-lite',
    `a=group:BUNDLE ${tag.mid}`,
    `m=${tag.kind} 9 UDP/TLS/RTP/SAVPF ${tag.payloadTypes.join(' ')}`,
    `a=mid:${tag.mid}`,
    ...iceLines(iceParameters),
    ...candidateLines(candidates),
  ]);
}

const lines = (all: readonly string[]): string => `${all.join('\r\n')}\r\n`;

/** An answer has a section for each of the offer, in its order. */
function inOfferedOrder(offer: Offer, answered: readonly AnsweredSection[]) {
  return offer.sections.map((section) => ({
    section,
    taken: answered.find((each) => each.section === section),
  }));
}

function iceLines({ usernameFragment, password }: IceParameters): string[] {
  return [`a=ice-ufrag:${usernameFragment}`, `a=ice-pwd:${password}`];
}

function candidateLines(candidates: readonly IceCandidate[]): string[] {
  return [
    ...candidates.map(
      ({ foundation, protocol, priority, address, port, type, tcpType }) =>
        `a=candidate:${foundation} 1 ${protocol} ${priority} ${address} ${port} typ ${type}${tcpType ? ` tcptype ${tcpType}` : ''}`,
    ),
    'a=end-of-candidates',
  ];
}

/** The default candidate (RFC 8839, 4.2.1.2): for peers that look at the m= and c= lines. */
function placeOf(candidates: readonly IceCandidate[]): { port: number; connection: string } {
  const first = candidates.find(({ protocol }) => protocol === 'udp') ?? candidates[0];
  if (first === undefined) return { port: 9, connection: 'c=IN IP4 0.0.0.0' };
  return {
    port: first.port,
    connection: `c=IN ${first.address.includes(':') ? 'IP6' : 'IP4'} ${first.address}`,
  };
}

function rejection({ type, protocol, payloads, mid }: OfferedSection): string[] {
  return [`m=${type} 0 ${protocol} ${payloads}`.trimEnd(), 'c=IN IP4 0.0.0.0', `a=mid:${mid}`, 'a=inactive'];
}

function acceptance(taken: AnsweredSection, place: { port: number; connection: string }): string[] {
  const { section, direction, codecs, headerExtensions, rids = [], stream } = taken;
  const payloads = codecs.map(({ payloadType }) => payloadType).join(' ');
  return [
    `m=${section.type} ${place.port} ${section.protocol} ${payloads}`,
    place.connection,
    `a=mid:${section.mid}`,
    `a=${direction}`,
    ...codecs.flatMap(codecLines),
    ...headerExtensions.map(({ id, uri }) => `a=extmap:${id} ${uri}`),
    ...rids.map((rid) => `a=rid:${rid} recv`),
    ...(rids.length > 0 ? [`a=simulcast:recv ${rids.join(';')}`] : []),
    ...(stream === undefined ? [] : streamLines(stream)),
    ...(section.reducedSize ? ['a=rtcp-rsize'] : []),
  ];
}

function codecLines({
  payloadType,
  mimeType,
  clockRate,
  channels,
  config,
  rtcpFeedback,
}: OfferedCodec): string[] {
  const name = mimeType.split('/')[1] ?? '';
  return [
    `a=rtpmap:${payloadType} ${name}/${clockRate}${channels !== undefined && channels > 1 ? `/${channels}` : ''}`,
    ...(config === undefined ? [] : [`a=fmtp:${payloadType} ${config}`]),
    ...rtcpFeedback.map(({ type, parameter }) => `a=rtcp-fb:${payloadType} ${type} ${parameter}`.trimEnd()),
  ];
}

function streamLines({
  ssrc,
  rtxSsrc,
  cname,
  streamId,
  trackId,
}: NonNullable<AnsweredSection['stream']>): string[] {
  const ssrcs = rtxSsrc === undefined ? [ssrc] : [ssrc, rtxSsrc];
  return [
    `a=msid:${streamId} ${trackId}`,
    ...(rtxSsrc === undefined ? [] : [`a=ssrc-group:FID ${ssrc} ${rtxSsrc}`]),
    ...ssrcs.flatMap((each) => [
      `a=ssrc:${each} cname:${cname}`,
      `a=ssrc:${each} msid:${streamId} ${trackId}`,
    ]),
  ];
}
