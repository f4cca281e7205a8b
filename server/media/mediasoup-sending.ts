import { getSupportedRtpCapabilities } from 'mediasoup';
import { type MediaKind, rtpParametersSchema } from '../../shared/media/rtp.ts';
import { checked } from './mediasoup-calls.ts';
import { type RtpParameters, SfuBadInput } from './sfu.ts';

/** W3C webrtc-svc: the layers that browsers have, and no more than the worker has room for. */
const SCALABILITY_MODE = /^[LS][1-3]T[1-3]h?(_KEY(_SHIFT)?)?$/;

const EXTENSIONS = new Set(getSupportedRtpCapabilities().headerExtensions?.map(({ uri }) => uri as string));

/**
 * What a peer says that it sends, checked for what mediasoup takes on trust, without header extensions that nobody
 * here reads: mediasoup fails on those while it writes the request.
 * @throws SfuBadInput
 */
export function checkedSending(kind: MediaKind, rtpParameters: unknown): RtpParameters {
  const parameters = checked(rtpParametersSchema, rtpParameters) as RtpParameters;
  const refuseIf = (wrong: boolean, why: string) => {
    if (wrong) throw new SfuBadInput(why);
  };
  const { codecs, encodings = [], headerExtensions = [] } = parameters;
  refuseIf(
    codecs.some(({ mimeType }) => !mimeType.toLowerCase().startsWith(`${kind}/`)),
    `expected codecs of ${kind}`,
  );
  // Packets that switch to another codec amid a stream make the worker fail an assertion of its own.
  refuseIf(
    codecs.filter((codec) => !isRtx(codec)).length !== 1,
    'expected one codec, with or without its RTX',
  );
  refuseIf(!allDiffer(codecs.map(({ payloadType }) => payloadType)), 'one payload type means two codecs');
  refuseIf(!allDiffer(headerExtensions.map(({ id }) => id)), 'one id means two header extensions');
  const ssrcs = encodings.flatMap(({ ssrc, rtx }) => [ssrc, rtx?.ssrc]).filter((ssrc) => ssrc !== undefined);
  refuseIf(!allDiffer(ssrcs) || ssrcs.includes(0), 'one SSRC is used twice, or is 0');
  refuseIf(!allDiffer(encodings.flatMap(({ rid }) => rid ?? [])), 'one rid is used twice');
  refuseIf(kind === 'audio' && encodings.length > 1, 'sound has one encoding');
  const [first] = encodings;
  refuseIf(
    encodings.length > 1
      ? encodings.some(({ ssrc, rid }) => ssrc === undefined && !rid)
      : !parameters.mid && first?.ssrc === undefined && !first?.rid,
    'nothing tells what packets belong to an encoding: no mid, rid or SSRC',
  );
  for (const { scalabilityMode, codecPayloadType } of encodings) {
    refuseIf(
      scalabilityMode !== undefined && !SCALABILITY_MODE.test(scalabilityMode),
      'there is no such scalability mode',
    );
    refuseIf(
      codecPayloadType !== undefined &&
        !codecs.some((codec) => codec.payloadType === codecPayloadType && !isRtx(codec)),
      'there is no codec of that payload type',
    );
  }
  return { ...parameters, headerExtensions: headerExtensions.filter(({ uri }) => EXTENSIONS.has(uri)) };
}

function isRtx({ mimeType }: { mimeType: string }): boolean {
  return /\/rtx$/i.test(mimeType);
}

function allDiffer(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length;
}
