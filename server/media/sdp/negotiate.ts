import type { MediaKind } from '../../../shared/media/rtp.ts';
import { codecKey, codecNames } from '../codecs.ts';
import type { RtpCapabilities, RtpParameters } from '../sfu.ts';
import type { AnsweredSection } from './answer.ts';
import type { Offer } from './offer.ts';
import { CodecProblem, SdpProblem } from './sdp-problem.ts';
import type { OfferedCodec, OfferedExtension, OfferedSection } from './section.ts';

/** From what is offered to what both sides do. The rest of an offer is answered with port 0. */

/** A section that the peer sends: what the relay is told, and what the peer is answered. */
export type Incoming = { kind: MediaKind; rtpParameters: RtpParameters; answer: AnsweredSection };

/** A section that the peer receives: what it can, until it is known what there is to send. */
export type Outgoing = {
  kind: MediaKind;
  section: OfferedSection;
  codecs: readonly OfferedCodec[];
  headerExtensions: readonly OfferedExtension[];
};

const MID = 'urn:ietf:params:rtp-hdrext:sdes:mid';
const RID = 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id';
const TRANSPORT_CC = 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01';
const ABS_SEND_TIME = 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time';
const KINDS = ['video', 'audio'] as const;
/** What `RtpParameters` take of a mid. */
const MID_MAX = 16;

/**
 * Takes the first picture and the first sound that a peer offers to send, each with the codec that it likes best of
 * those that the relay has.
 * @throws SdpProblem when nothing is sent; CodecProblem
 */
export function acceptIncoming(offer: Offer, capabilities: RtpCapabilities): Incoming[] {
  const incoming = KINDS.flatMap((kind) => {
    const section = firstOf(offer, kind, ['sendonly', 'sendrecv']);
    return section === undefined ? [] : [acceptSection(kind, section, capabilities)];
  });
  if (incoming.length === 0)
    throw new SdpProblem(
      'the body',
      'expected an audio or video section with a=sendonly in the BUNDLE group',
    );
  apart(incoming.map(({ answer }) => answer));
  return incoming.toSorted((a, b) => rank(offer, a.answer.section) - rank(offer, b.answer.section));
}

/**
 * What a peer offers to receive.
 * @throws SdpProblem when nothing is received; CodecProblem
 */
export function acceptOutgoing(offer: Offer, capabilities: RtpCapabilities): Outgoing[] {
  const outgoing = KINDS.flatMap((kind) => {
    const section = firstOf(offer, kind, ['recvonly', 'sendrecv']);
    if (section === undefined) return [];
    const codecs = firstOfEachKey(section.codecs.flatMap((codec) => common(kind, codec, capabilities)));
    if (codecs.length === 0) throw new CodecProblem(section.where, codecNames(kind));
    // mediasoup writes its own ids, and mids that are not those of the offer.
    const headerExtensions = section.headerExtensions.filter(
      ({ id, uri }) =>
        uri !== MID &&
        capabilities.headerExtensions?.some(
          (each) => each.kind === kind && each.uri === uri && each.preferredId === id,
        ),
    );
    return [{ kind, section, codecs, headerExtensions }];
  });
  if (outgoing.length === 0)
    throw new SdpProblem(
      'the body',
      'expected an audio or video section with a=recvonly in the BUNDLE group',
    );
  apart(outgoing);
  return outgoing.toSorted((a, b) => rank(offer, a.section) - rank(offer, b.section));
}

/** What the relay has to know of a receiver whose offer fixed the payload types. */
export function receiverOf(outgoing: readonly Outgoing[]): {
  rtpCapabilities: RtpCapabilities;
  payloadTypes: Map<string, number>;
} {
  const rtpCapabilities: RtpCapabilities = {
    codecs: outgoing.flatMap(({ kind, codecs }) =>
      codecs.map(({ payloadType, mimeType, clockRate, channels, parameters, rtcpFeedback }) => ({
        ...{ kind, mimeType, clockRate, preferredPayloadType: payloadType, parameters, rtcpFeedback },
        ...(channels === undefined ? {} : { channels }),
      })),
    ),
    headerExtensions: outgoing.flatMap(({ kind, headerExtensions }) =>
      headerExtensions.map(({ id, uri }) => ({ kind, uri: uri as never, preferredId: id })),
    ),
  };
  const payloadTypes = new Map(
    outgoing.flatMap(({ codecs }) => codecs.map((codec) => [codecKey(codec), codec.payloadType] as const)),
  );
  return { rtpCapabilities, payloadTypes };
}

/**
 * The answer to a section that gets this stream.
 * @throws CodecProblem when it is not of a codec that was offered
 */
export function answerOutgoing(
  { kind, section, codecs, headerExtensions }: Outgoing,
  sent: RtpParameters,
  ids: { streamId: string; trackId: string },
): AnsweredSection {
  const [first] = sent.codecs;
  const codec = codecs.find((each) => first !== undefined && each.payloadType === first.payloadType);
  const [encoding] = sent.encodings ?? [];
  if (first === undefined || codec === undefined || codecKey(codec) !== codecKey(first) || !encoding?.ssrc)
    throw new CodecProblem(section.where, codecNames(kind));
  const feedback = (first.rtcpFeedback ?? []).map(({ type, parameter = '' }) => ({ type, parameter }));
  const has = new Set((sent.headerExtensions ?? []).map(({ id, uri }) => `${id} ${uri}`));
  return {
    ...{ section, direction: 'sendonly' },
    codecs: [{ ...codec, rtcpFeedback: feedback }],
    headerExtensions: headerExtensions.filter(({ id, uri }) => has.has(`${id} ${uri}`)),
    stream: { ssrc: encoding.ssrc, cname: plain(sent.rtcp?.cname) ?? ids.streamId, ...ids },
  };
}

function acceptSection(kind: MediaKind, section: OfferedSection, capabilities: RtpCapabilities): Incoming {
  const codec = section.codecs.flatMap((each) => common(kind, each, capabilities))[0];
  if (codec === undefined) throw new CodecProblem(section.where, codecNames(kind));
  const headerExtensions = section.headerExtensions.filter(
    ({ uri, direction }) =>
      direction !== 'recvonly' &&
      direction !== 'inactive' &&
      capabilities.headerExtensions?.some(
        (each) => each.kind === kind && each.uri === uri && each.direction !== 'sendonly',
      ),
  );
  const uris = new Set(headerExtensions.map(({ uri }) => uri));
  const media = { ...codec, rtcpFeedback: oneEstimator(codec.rtcpFeedback, uris) };
  const rtx = section.codecs.find(
    ({ mimeType, parameters }) => /\/rtx$/i.test(mimeType) && parameters.apt === codec.payloadType,
  );
  const codecs = rtx === undefined ? [media] : [media, { ...rtx, rtcpFeedback: [] }];
  // Streams that are told by RID alone are found by that header.
  const known = section.streams.filter(({ rid }) => rid === undefined || uris.has(RID));
  const rids = known.flatMap(({ rid }) => rid ?? []);
  const dtx = codec.parameters.usedtx === 1;
  return {
    kind,
    rtpParameters: {
      ...(section.mid.length <= MID_MAX ? { mid: section.mid } : {}),
      codecs: codecs.map(({ config: _config, ...each }) => each),
      headerExtensions: headerExtensions.map(({ id, uri }) => ({ uri: uri as never, id })),
      encodings: (known.length === 0 ? [{}] : known).map(({ ssrc, rtxSsrc, rid }) => ({
        ...(ssrc === undefined ? {} : { ssrc }),
        ...(rid === undefined ? {} : { rid }),
        ...(rtx === undefined || rtxSsrc === undefined ? {} : { rtx: { ssrc: rtxSsrc } }),
        ...(dtx ? { dtx } : {}),
      })),
      rtcp: {
        ...(section.cname === undefined ? {} : { cname: section.cname }),
        reducedSize: section.reducedSize,
      },
    },
    answer: {
      ...{ section, direction: 'recvonly', codecs, headerExtensions },
      ...(rids.length > 0 ? { rids } : {}),
    },
  };
}

function firstOf(offer: Offer, kind: MediaKind, directions: readonly string[]): OfferedSection | undefined {
  return offer.sections.find(
    (each) =>
      each.kind === kind &&
      !each.rejected &&
      offer.bundled.has(each.mid) &&
      directions.includes(each.direction),
  );
}

/** An answer's BUNDLE is in the order of that of the offer (RFC 9143, 7.3). */
function rank({ bundled }: Offer, { mid }: OfferedSection): number {
  return [...bundled].indexOf(mid);
}

/** The offered codec, with the feedback that both sides know; none where the relay lacks the codec. */
function common(kind: MediaKind, codec: OfferedCodec, capabilities: RtpCapabilities): OfferedCodec[] {
  const key = codecKey(codec);
  const ours = capabilities.codecs?.find(
    (each) =>
      each.kind === kind &&
      codecKey(each) === key &&
      each.clockRate === codec.clockRate &&
      (kind === 'video' || (each.channels ?? 1) === (codec.channels ?? 1)),
  );
  if (ours === undefined || /\/rtx$/i.test(codec.mimeType)) return [];
  const rtcpFeedback = codec.rtcpFeedback.filter(({ type, parameter }) =>
    ours.rtcpFeedback?.some((each) => each.type === type && (each.parameter ?? '') === parameter),
  );
  return [{ ...codec, rtcpFeedback }];
}

function firstOfEachKey(codecs: readonly OfferedCodec[]): OfferedCodec[] {
  return codecs.filter((codec, i) => codecs.findIndex((each) => codecKey(each) === codecKey(codec)) === i);
}

/** One way to estimate bandwidth: transport-wide where there is its header, else REMB where there is its own. */
function oneEstimator(
  feedback: OfferedCodec['rtcpFeedback'],
  uris: ReadonlySet<string>,
): OfferedCodec['rtcpFeedback'] {
  const unused = uris.has(TRANSPORT_CC)
    ? ['goog-remb']
    : uris.has(ABS_SEND_TIME)
      ? ['transport-cc']
      : ['goog-remb', 'transport-cc'];
  return feedback.filter(({ type }) => !unused.includes(type));
}

/** In one BUNDLE a payload type means one thing (RFC 9143, 9.1). */
function apart(sections: readonly { codecs: readonly OfferedCodec[] }[]): void {
  const types = sections.flatMap(({ codecs }) => codecs.map(({ payloadType }) => payloadType));
  const twice = types.find((each, i) => types.indexOf(each) !== i);
  if (twice !== undefined) throw new SdpProblem('the body', `payload type ${twice} is used for two codecs`);
}

/** A CNAME comes from the publisher, and must not break a line. */
function plain(cname: string | undefined): string | undefined {
  return cname !== undefined && /^[!-~]{1,255}$/.test(cname) ? cname : undefined;
}
