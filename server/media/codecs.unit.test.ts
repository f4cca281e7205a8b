import fc from 'fast-check';
import * as ortc from 'mediasoup/ortc';
import { describe, expect, it } from 'vitest';
import { CODECS, codecKey, routerCodecs } from './codecs.ts';

const h264 = (id: string) =>
  codecKey({ mimeType: 'video/H264', parameters: { 'profile-level-id': id, 'packetization-mode': 1 } });

describe('keys of codecs', () => {
  it('[SF12] tell apart what cannot decode each other, and nothing else', () => {
    const keys = CODECS.map(codecKey);
    expect(new Set(keys).size).toBe(CODECS.length);
    expect(codecKey({ mimeType: 'AUDIO/Opus', parameters: { useinbandfec: 1 } })).toBe('audio/opus');
    expect(codecKey({ mimeType: 'video/vp9' })).toBe(
      codecKey({ mimeType: 'video/VP9', parameters: { 'profile-id': '0' } }),
    );
    expect(codecKey({ mimeType: 'video/vp9', parameters: { 'profile-id': 2 } })).toMatch(/=2$/);
  });

  it('[SF12] name profiles of H.264 as RFC 6184 has them, whatever the level', () => {
    const same = ['42e01f', '42E034', '42c01f', '4d801f', '58c01f', '42f00b'];
    expect(new Set(same.map(h264)).size).toBe(1);
    const profiles = ['42e01f', '42001f', '4d001f', '58001f', '64001f', '640c1f', 'f4001f', 'junk'];
    expect(new Set(profiles.map(h264)).size).toBe(profiles.length);
    expect(h264('64001f')).toBe(h264('640032'));
  });
});

describe('codecs of a router', () => {
  it('[SF12] keep the payload types of retransmissions away from those that were asked for', () => {
    const videos = CODECS.filter(({ kind }) => kind === 'video').map(codecKey);
    // Every other one: as browsers give them, each followed by that of its retransmissions.
    const types = fc.shuffledSubarray([96, 98, 102, 104, 106, 108, 39, 45], {
      minLength: videos.length,
      maxLength: videos.length,
    });
    fc.assert(
      fc.property(types, fc.constantFrom(100, 101, 111, 63), (chosen, audio) => {
        const wanted = new Map([['audio/opus', audio], ...videos.map((key, i) => [key, chosen[i]] as const)]);
        const { codecs = [] } = ortc.generateRouterRtpCapabilities(
          routerCodecs(wanted as Map<string, number>),
        );
        const all = codecs.map(({ preferredPayloadType }) => preferredPayloadType);
        expect(new Set(all).size).toBe(all.length);
        for (const codec of codecs)
          if (!/rtx$/.test(codec.mimeType))
            expect(codec.preferredPayloadType).toBe(wanted.get(codecKey(codec)));
      }),
      { seed: Number(process.env.LIVESTALL_TEST_SEED) },
    );
  });

  it('[SF12] are all of them where nothing was asked for, and not ours to change', () => {
    const codecs = routerCodecs();
    expect(codecs).toEqual(CODECS);
    expect(codecs[0]).not.toBe(CODECS[0]);
  });
});
