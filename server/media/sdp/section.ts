import type { ParsedMedia } from 'sdp-transform';
import type { MediaKind } from '../../../shared/media/rtp.ts';
import { SDP_LIMITS } from './sdp-lines.ts';
import { SdpProblem } from './sdp-problem.ts';
import { readStreams, type Stream } from './streams.ts';

export type OfferedCodec = {
  payloadType: number;
  /** As offered: answers repeat its case. */
  mimeType: string;
  clockRate: number;
  /** Audio alone. */
  channels?: number;
  parameters: Record<string, string | number>;
  /** `fmtp` as it came, for answers. */
  config: string | undefined;
  rtcpFeedback: { type: string; parameter: string }[];
};

export type OfferedExtension = { id: number; uri: string; direction: string };

/** One m= section of an offer. */
export type OfferedSection = {
  /** For messages. */
  where: string;
  mid: string;
  /** The m= line: a rejected section repeats it. */
  type: string;
  protocol: string;
  payloads: string;
  /** undefined: nothing that the relay could take, such as a data channel. */
  kind: MediaKind | undefined;
  /** Offered with port 0, to keep its place only. */
  rejected: boolean;
  direction: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
  codecs: OfferedCodec[];
  headerExtensions: OfferedExtension[];
  streams: Stream[];
  cname: string | undefined;
  /** RTCP of reduced size (RFC 5506) was offered. */
  reducedSize: boolean;
};

const TOKEN = /^[\w!#$%&'*+.^`{|}~-]{1,32}$/;
const MIME_SUBTYPE = /^[A-Za-z0-9._-]{1,40}$/;
const DIRECTIONS = ['sendrecv', 'sendonly', 'recvonly', 'inactive'] as const;
/** RFC 8866 leaves them free; these are those that codecs of WebRTC have. */
const PARAMETER = /^[A-Za-z][\w-]{0,59}$/;

/** @throws SdpProblem */
export function readSection(
  media: ParsedMedia,
  index: number,
  sessionDirection: string | undefined,
): OfferedSection {
  // What looks like a number is one to the parser, wherever it stands.
  const [type, protocol] = [String(media.type ?? ''), String(media.protocol ?? '')];
  if (type === '' || protocol === '' || media.port === undefined)
    throw new SdpProblem(`section ${index}`, 'expected "m=<media> <port> <protocol> <formats>"');
  const where = `section ${index} (${type.slice(0, 20)})`;
  const mid = String(media.mid ?? index);
  if (!TOKEN.test(mid)) throw new SdpProblem(where, 'expected a=mid with a token of at most 32 characters');
  const rtp = /^(UDP|TCP)\/TLS\/RTP\/SAVPF?$/.test(protocol);
  const kind = rtp && (type === 'audio' || type === 'video') ? type : undefined;
  // A port of 0 beside bundle-only says that the section has no port of its own (RFC 9143).
  const rejected = Number(media.port) === 0 && media.bundleOnly === undefined;
  const given = media.direction ?? sessionDirection ?? 'sendrecv';
  const direction = DIRECTIONS.find((each) => each === given) ?? 'sendrecv';
  const live = kind !== undefined && !rejected;
  if (live && media.rtcpMux === undefined) throw new SdpProblem(where, 'expected a=rtcp-mux');
  return {
    ...{ where, mid, type, protocol, kind, rejected, direction },
    payloads: String(media.payloads ?? '').slice(0, 1000),
    codecs: live ? readCodecs(media, kind, where) : [],
    headerExtensions: live ? readExtensions(media) : [],
    streams: live ? readStreams(media, where) : [],
    cname: cnameOf(media),
    reducedSize: media.rtcpRsize !== undefined,
  };
}

/** In the order of the m= line, which is that of preference. */
function readCodecs(media: ParsedMedia, kind: MediaKind, where: string): OfferedCodec[] {
  if (media.rtp.length > SDP_LIMITS.codecs)
    throw new SdpProblem(where, `expected at most ${SDP_LIMITS.codecs} a=rtpmap lines`);
  const preference = String(media.payloads ?? '')
    .split(/\s+/)
    .filter((each) => /^\d{1,3}$/.test(each))
    .map(Number);
  return [...new Set(preference)].flatMap((payloadType) => {
    const map = media.rtp.find(({ payload }) => payload === payloadType);
    const name = String(map?.codec ?? '');
    const clockRate = Number(map?.rate);
    // Static types without a map, and maps that say nothing: none that the relay has.
    if (payloadType > 127 || !MIME_SUBTYPE.test(name) || !(clockRate > 0 && clockRate <= 1_000_000))
      return [];
    const config = media.fmtp.find(({ payload }) => payload === payloadType)?.config;
    const text = config === undefined ? undefined : String(config);
    const channels = Number(map?.encoding ?? 1);
    return {
      ...{ payloadType, mimeType: `${kind}/${name}`, clockRate },
      ...(kind === 'audio' ? { channels: channels >= 1 && channels <= 8 ? Math.floor(channels) : 1 } : {}),
      parameters: readParameters(text ?? ''),
      config: text,
      rtcpFeedback: readFeedback(media, payloadType),
    };
  });
}

function readParameters(config: string): Record<string, string | number> {
  const parameters: Record<string, string | number> = {};
  for (const part of config.split(';').slice(0, 32)) {
    const [key = '', ...rest] = part.trim().split('=');
    const name = key.trim();
    if (!PARAMETER.test(name)) continue;
    const value = rest.join('=').trim();
    // A profile may be written in digits alone, and is text all the same.
    const number = name !== 'profile-level-id' && /^\d{1,9}$/.test(value);
    parameters[name] = number ? Number(value) : value;
  }
  return parameters;
}

function readFeedback(media: ParsedMedia, payloadType: number): OfferedCodec['rtcpFeedback'] {
  return (media.rtcpFb ?? [])
    .filter(({ payload }) => payload === payloadType || payload === '*')
    .slice(0, 16)
    .map(({ type, subtype }) => ({ type: String(type ?? ''), parameter: String(subtype ?? '') }));
}

function readExtensions(media: ParsedMedia): OfferedExtension[] {
  return (media.ext ?? []).slice(0, 32).flatMap(({ value, direction = 'sendrecv', ...rest }) => {
    const id = Number(value);
    const uri = String(rest.uri ?? '');
    // Encrypted ones (RFC 6904) the relay cannot read.
    if (rest['encrypt-uri'] !== undefined || uri === '' || uri.length > 120) return [];
    return id >= 1 && id <= 255 ? [{ id, uri, direction }] : [];
  });
}

function cnameOf(media: ParsedMedia): string | undefined {
  const line = media.ssrcs?.find(({ attribute }) => attribute === 'cname');
  return line?.value === undefined ? undefined : String(line.value).slice(0, 255);
}
