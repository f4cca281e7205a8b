import type { types as mediasoup } from 'mediasoup';
import type { MediaKind } from '../../shared/media/rtp.ts';

type RouterCodec = mediasoup.RouterRtpCodecCapability;

function h264(profileLevelId: string): RouterCodec {
  return {
    kind: 'video',
    mimeType: 'video/H264',
    clockRate: 90_000,
    parameters: { 'packetization-mode': 1, 'profile-level-id': profileLevelId, 'level-asymmetry-allowed': 1 },
  };
}

/**
 * What the relay takes and passes on; it never transcodes. In order of preference: browsers publish the first one
 * that they can send, and every browser can play VP8. OBS offers H.264 as constrained baseline whatever its encoder
 * makes; FFmpeg and GStreamer tell the profile that they send.
 */
export const CODECS: readonly RouterCodec[] = [
  {
    kind: 'audio',
    mimeType: 'audio/opus',
    clockRate: 48_000,
    channels: 2,
    parameters: { minptime: 10, useinbandfec: 1 },
  },
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
  { kind: 'video', mimeType: 'video/VP9', clockRate: 90_000, parameters: { 'profile-id': 0 } },
  h264('42e01f'),
  h264('4d001f'),
  h264('64001f'),
  { kind: 'video', mimeType: 'video/AV1', clockRate: 90_000 },
];

type Keyed = { mimeType: string; parameters?: Record<string, unknown> | undefined };

/** Codecs of one key decode each other's streams; levels of H.264 differ freely. Keys of `RouterOptions.payloadTypes`. */
export function codecKey({ mimeType, parameters = {} }: Keyed): string {
  const type = mimeType.toLowerCase();
  if (type === 'video/vp9') return `${type};profile-id=${Number(parameters['profile-id'] ?? 0)}`;
  if (type !== 'video/h264') return type;
  const profile = h264Profile(String(parameters['profile-level-id'] ?? '42e01f'));
  return `${type};profile=${profile};packetization-mode=${Number(parameters['packetization-mode'] ?? 0)}`;
}

/** RFC 6184, 8.1, table 5: profiles by `profile_idc` and the bits of `profile_iop` that tell them apart. */
function h264Profile(profileLevelId: string): string {
  const [, idc = '', iop = ''] = /^([0-9a-f]{2})([0-9a-f]{2})[0-9a-f]{2}$/i.exec(profileLevelId) ?? [];
  const bits = Number.parseInt(iop, 16);
  switch (idc.toLowerCase()) {
    case '42':
      return bits & 0x40 ? 'constrained-baseline' : 'baseline';
    case '4d':
      return bits & 0x80 ? 'constrained-baseline' : 'main';
    case '58':
      return (bits & 0xc0) === 0xc0 ? 'constrained-baseline' : 'extended';
    case '64':
      return bits === 0x0c ? 'constrained-high' : 'high';
    default:
      return profileLevelId.toLowerCase();
  }
}

/** Keys of all that the relay has of one kind, for telling a peer which codecs would do. */
export function codecNames(kind: MediaKind): string[] {
  return CODECS.filter((codec) => codec.kind === kind).map(codecKey);
}

/**
 * Codecs of a router. With `payloadTypes` only those in it, with these types. mediasoup then takes the first payload
 * type from 100 that is free as that of the retransmissions of each video codec; codecs come in an order that keeps
 * those apart from the ones asked for (possible but for odd choices such as 100 and 101 for two video codecs).
 */
export function routerCodecs(payloadTypes?: ReadonlyMap<string, number>): RouterCodec[] {
  if (!payloadTypes) return structuredClone([...CODECS]);
  const chosen = CODECS.flatMap((codec) => {
    const payloadType = payloadTypes.get(codecKey(codec));
    return payloadType === undefined ? [] : [{ ...codec, preferredPayloadType: payloadType }];
  });
  const rank = ({ kind, preferredPayloadType: type }: (typeof chosen)[number]): number =>
    kind === 'audio' ? -1 : type < 100 ? type + 128 : type;
  return structuredClone(chosen.sort((a, b) => rank(a) - rank(b)));
}
