import { getSupportedRtpCapabilities } from 'mediasoup';
import type { MediaTransport } from '../../../../shared/media/rtp.ts';
import { CODECS } from '../../codecs.ts';
import type { RtpCapabilities } from '../../sfu.ts';

/** What a router of the relay can: its codecs, with the feedback and headers of mediasoup. */
export function relayCapabilities(): RtpCapabilities {
  const { codecs = [], headerExtensions = [] } = getSupportedRtpCapabilities();
  return {
    codecs: CODECS.map((codec, i) => ({
      ...structuredClone(codec),
      preferredPayloadType: 100 + i,
      rtcpFeedback:
        codecs.find(({ mimeType }) => mimeType.toLowerCase() === codec.mimeType.toLowerCase())
          ?.rtcpFeedback ?? [],
    })),
    headerExtensions,
  };
}

export const someTransport: MediaTransport = {
  transportId: 'transport-1',
  iceParameters: { usernameFragment: 'relayufrag', password: 'relaypasswordrelaypassword', iceLite: true },
  iceCandidates: [
    {
      ...{ foundation: 'udpcandidate', priority: 1_076_302_079, address: '203.0.113.5', ip: '203.0.113.5' },
      ...{ protocol: 'udp', port: 44_000, type: 'host' },
    },
    {
      ...{ foundation: 'tcpcandidate', priority: 1_076_276_479, address: '203.0.113.5', ip: '203.0.113.5' },
      ...{ protocol: 'tcp', port: 44_000, type: 'host', tcpType: 'passive' },
    },
  ],
  dtlsParameters: { role: 'auto', fingerprints: [{ algorithm: 'sha-256', value: 'AB:CD' }] },
};
