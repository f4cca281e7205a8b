import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeAnswer } from './answer.ts';
import { readIceFragment } from './ice-fragment.ts';
import { acceptIncoming, acceptOutgoing, answerOutgoing, receiverOf } from './negotiate.ts';
import { readOffer } from './offer.ts';
import { SDP_LIMITS } from './sdp-lines.ts';
import { CodecProblem, SdpProblem } from './sdp-problem.ts';
import { relayCapabilities, someTransport } from './testing/capabilities.ts';
import * as offers from './testing/offers.ts';

const seed = Number(process.env.LIVESTALL_TEST_SEED ?? 1);
const capabilities = relayCapabilities();
const video = (text: string) =>
  acceptIncoming(readOffer(text), capabilities).find(({ kind }) => kind === 'video');
const audio = (text: string) =>
  acceptIncoming(readOffer(text), capabilities).find(({ kind }) => kind === 'audio');

describe('[SP1] offers of the field', () => {
  it('[SP1] Chromium: the first codec, its retransmissions, transport-wide feedback', () => {
    expect(video(offers.chromiumPublish)?.rtpParameters).toEqual({
      mid: '1',
      codecs: [
        {
          ...{ payloadType: 96, mimeType: 'video/VP8', clockRate: 90_000, parameters: {} },
          rtcpFeedback: [
            { type: 'transport-cc', parameter: '' },
            { type: 'ccm', parameter: 'fir' },
            { type: 'nack', parameter: '' },
            { type: 'nack', parameter: 'pli' },
          ],
        },
        {
          ...{ payloadType: 97, mimeType: 'video/rtx', clockRate: 90_000 },
          ...{ parameters: { apt: 96 }, rtcpFeedback: [] },
        },
      ],
      headerExtensions: [
        { id: 14, uri: 'urn:ietf:params:rtp-hdrext:toffset' },
        { id: 2, uri: 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time' },
        { id: 13, uri: 'urn:3gpp:video-orientation' },
        { id: 3, uri: 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01' },
        { id: 5, uri: 'http://www.webrtc.org/experiments/rtp-hdrext/playout-delay' },
        { id: 4, uri: 'urn:ietf:params:rtp-hdrext:sdes:mid' },
        { id: 10, uri: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id' },
        { id: 11, uri: 'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id' },
      ],
      encodings: [{ ssrc: 2231627014, rtx: { ssrc: 632943048 } }],
      rtcp: { cname: '4TOk42mSjXCkVIa6', reducedSize: true },
    });
    expect(audio(offers.chromiumPublish)?.rtpParameters.encodings).toEqual([{ ssrc: 1399694169 }]);
  });

  it('[SP1] Chromium with simulcast: layers by RID', () => {
    const section = video(offers.chromiumSimulcast);
    expect(section?.rtpParameters.encodings).toEqual([{ rid: 'q' }, { rid: 'h' }, { rid: 'f' }]);
    expect(section?.answer.rids).toEqual(['q', 'h', 'f']);
  });

  it('[SP1] Firefox: a fingerprint of the session, SSRC groups', () => {
    expect(readOffer(offers.firefoxPublish).fingerprints[0]?.algorithm).toBe('sha-256');
    expect(video(offers.firefoxPublish)?.rtpParameters.encodings).toEqual([
      { ssrc: 1001, rtx: { ssrc: 1002 } },
    ]);
    expect(audio(offers.firefoxPublish)?.rtpParameters.codecs[0]?.parameters).toMatchObject({ stereo: 1 });
    const uris = audio(offers.firefoxPublish)?.rtpParameters.headerExtensions?.map(({ uri }) => uri);
    expect(uris).not.toContain('urn:ietf:params:rtp-hdrext:csrc-audio-level');
  });

  it('[SP1] OBS: H.264 without a retransmission stream', () => {
    const { codecs = [], encodings } = video(offers.obsPublish)?.rtpParameters ?? {};
    expect(codecs.map(({ mimeType }) => mimeType)).toEqual(['video/H264']);
    expect(codecs[0]?.parameters).toEqual({
      'profile-level-id': '42e01f',
      'packetization-mode': 1,
      'level-asymmetry-allowed': 1,
    });
    expect(codecs[0]?.rtcpFeedback).toEqual([
      { type: 'nack', parameter: '' },
      { type: 'nack', parameter: 'pli' },
    ]);
    expect(encodings).toEqual([{ ssrc: 1234568 }]);
  });

  it('[SP1] GStreamer: named sections, feedback for all types at once, a profile of its own', () => {
    const { mid, codecs = [] } = video(offers.gstreamerPublish)?.rtpParameters ?? {};
    expect([mid, codecs[0]?.payloadType, codecs[1]?.mimeType]).toEqual(['video0', 96, 'video/rtx']);
    expect(codecs[0]?.rtcpFeedback).toContainEqual({ type: 'transport-cc', parameter: '' });
    expect(audio(offers.gstreamerPublish)?.rtpParameters.codecs[0]?.mimeType).toBe('audio/OPUS');
  });
});

const change = (from: string | RegExp, to: string, text = offers.obsPublish) => text.replaceAll(from, to);

describe('[SP2] [SP3] what is wrong is told', () => {
  it.each([
    ['nothing', '', 'the body: expected an SDP offer, got nothing'],
    ['something else', '{"sdp":1}', 'line 1: expected "<letter>=<value>"'],
    ['another beginning', 's=-\r\n', 'line 1: expected "v=0"'],
    ['a broken line', change('a=mid:1', 'mid=1'), /line \d+: expected "<letter>=<value>", got "mid=1"/],
    ['no media', 'v=0\r\ns=-\r\nt=0 0\r\n', 'expected at least one m= section'],
    ['a broken m= line', change('m=video 49283 UDP/TLS/RTP/SAVPF 96', 'm=video'), 'section 1: expected "m='],
    ['no BUNDLE', change('a=group:BUNDLE 0 1\r\n', ''), 'expected a=group:BUNDLE'],
    ['a mid twice', change('a=mid:1', 'a=mid:0'), 'expected every a=mid once'],
    ['no rtcp-mux', change('a=rtcp-mux', 'a=x-y'), 'section 0 (audio): expected a=rtcp-mux'],
    ['nothing sent', change('a=sendonly', 'a=recvonly'), 'a=sendonly'],
    ['a long line', change('s=-', `s=${'x'.repeat(3000)}`), 'line 3: expected at most 2000 characters'],
    ['many sections', `v=0\r\n${'m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n'.repeat(17)}`, 'at most 16 m= sections'],
    ['many lines', `v=0\r\n${'a=x\r\n'.repeat(5000)}`, 'at most 4000 lines'],
    ['one type twice', change(/111/g, '96'), 'payload type 96 is used for two codecs'],
    ['a strange end of the handshake', change('setup:actpass', 'setup:holdconn'), 'expected a=setup:actpass'],
  ])('[SP2] %s', (_what, text, message) => {
    const read = () => acceptIncoming(readOffer(text), capabilities);
    expect(read).toThrow(SdpProblem);
    expect(read).toThrow(message);
  });

  const fingerprint = /a=fingerprint:.*/g;
  it.each([
    ['no fingerprint', change(fingerprint, 'a=x'), 'expected a=fingerprint'],
    ['an empty one', change(fingerprint, 'a=fingerprint:sha-256 '), 'a=fingerprint'],
    ['a short one', change(fingerprint, 'a=fingerprint:sha-256 AB:CD'), 'length'],
    ['SHA-1', change(fingerprint, `a=fingerprint:sha-1 ${'AB:'.repeat(19)}AB`), 'a=fingerprint'],
    ['no bytes', change(fingerprint, 'a=fingerprint:sha-256 xyz'), 'hex'],
    ['no ufrag', change(/a=ice-ufrag:.*\r\n/g, ''), 'expected a=ice-ufrag'],
    ['a short password', change(/a=ice-pwd:.*/g, 'a=ice-pwd:abc'), 'expected a=ice-pwd'],
  ])('[SP3] %s', (_what, text, message) => {
    expect(() => readOffer(text)).toThrow(SdpProblem);
    expect(() => readOffer(text)).toThrow(message);
  });

  it.each([
    ['a kind of media', change('m=video', 'm=7')],
    ['an extension', change(/a=extmap:1 \S+/g, 'a=extmap:1 12')],
    ['a codec', change('opus/48000', '8/48000')],
    ['a feedback', change('rtcp-fb:96 nack', 'rtcp-fb:96 5')],
  ])('[SP2] %s that is a number is read as text', (_what, text) => {
    expect(readOffer(text).sections).toHaveLength(2);
  });

  it('[SP2] codecs that the relay lacks, with those that it has', () => {
    const read = () => acceptIncoming(readOffer(change('H264/90000', 'H265/90000')), capabilities);
    expect(read).toThrow(CodecProblem);
    expect(read).toThrow('video/vp8');
  });

  it('[SP2] any change of an offer is read or refused, never anything else', () => {
    const texts = [...Object.values(offers.publishOffers), offers.chromiumWatch];
    const junk = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.constantFrom('__proto__=1', '-1', '99999999999999999999', '\0', ';;;', '*', '~', 'NaN', ''),
    );
    const edit = fc.record({ at: fc.nat(), length: fc.nat(60), junk, cut: fc.boolean() });
    const property = fc.property(
      fc.constantFrom(...texts),
      fc.array(edit, { minLength: 1, maxLength: 6 }),
      (text, edits) => {
        let changed = text;
        for (const { at, length, junk: insert, cut } of edits) {
          const from = at % (changed.length + 1);
          changed = changed.slice(0, from) + insert + changed.slice(cut ? from + length : from);
        }
        onlyProblems(() => {
          const offer = readOffer(changed);
          onlyProblems(() => {
            const answered = acceptIncoming(offer, capabilities).map(({ answer }) => answer);
            readOfferLike(writeAnswer(offer, someTransport, answered, 1));
          });
          onlyProblems(() => receiverOf(acceptOutgoing(offer, capabilities)));
        });
        onlyProblems(() => readIceFragment(changed));
      },
    );
    fc.assert(property, { seed, numRuns: 600 });
  });

  it('[SP2] lines in any order, left out or repeated', () => {
    const lines = offers.chromiumSimulcast.trimEnd().split('\r\n');
    const property = fc.property(fc.array(fc.constantFrom(...lines), { maxLength: 120 }), (some) => {
      onlyProblems(() => acceptIncoming(readOffer(`v=0\r\n${some.join('\r\n')}`), capabilities));
    });
    fc.assert(property, { seed, numRuns: 400 });
  });

  it('[SP6] the largest ones are over soon', () => {
    const full = (line: string) =>
      `v=0\r\n${line}\r\n`.padEnd(10) +
      `${line}\r\n`.repeat(Math.min(3900, Math.floor(SDP_LIMITS.bytes / (line.length + 2)) - 2));
    const hostile = [
      full('m=audio 9 UDP/TLS/RTP/SAVPF 0'),
      full(`a=imageattr:1 send ${'['.repeat(1900)}`),
      full(`a=ptime:${'1'.repeat(1900)}`),
      full(`a=candidate:${'a '.repeat(900)}`),
      full('a=rtpmap:96 VP8/90000'),
      `v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF ${'1 '.repeat(900)}\r\n${'a=ssrc-group:FID 1 2\r\n'.repeat(3900)}`,
      `v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n${'a=rtcp-mux\r\na=ssrc:7 cname:x\r\na=rid:1 send\r\n'.repeat(1300)}`,
    ];
    for (const text of hostile) {
      const startedMs = performance.now();
      onlyProblems(() => acceptIncoming(readOffer(text), capabilities));
      expect(performance.now() - startedMs).toBeLessThan(250);
    }
  });
});

/** The answer's lines: each `letter=value`. */
function readOfferLike(answer: string): void {
  for (const line of answer.trimEnd().split('\r\n')) if (!/^[a-z]=/.test(line)) throw new Error(line);
}

function onlyProblems(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof SdpProblem || error instanceof CodecProblem)) throw error;
  }
}

const sectionsOf = (answer: string): string[] => answer.split('\r\nm=').slice(1);

describe('[SP4] answers', () => {
  it('[SP4] to OBS: passive, ICE lite, one BUNDLE, both candidates', () => {
    const offer = readOffer(offers.obsPublish);
    const answered = acceptIncoming(offer, capabilities).map(({ answer }) => answer);
    const answer = writeAnswer(offer, someTransport, answered, 7);
    expect(answer).toContain('a=ice-lite\r\n');
    expect(answer).toContain('a=group:BUNDLE 0 1\r\n');
    const [sound = '', picture = ''] = sectionsOf(answer);
    expect(sound).toMatch(/^audio 44000 UDP\/TLS\/RTP\/SAVPF 111\r\n/);
    expect(picture).toMatch(/^video 44000 UDP\/TLS\/RTP\/SAVPF 96\r\n/);
    for (const line of [
      'a=recvonly',
      'a=setup:passive',
      'a=rtcp-mux',
      'a=ice-ufrag:relayufrag',
      'a=rtpmap:96 H264/90000',
      'a=fmtp:96 profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1',
      'a=candidate:udpcandidate 1 udp 1076302079 203.0.113.5 44000 typ host',
      'a=candidate:tcpcandidate 1 tcp 1076276479 203.0.113.5 44000 typ host tcptype passive',
      'a=end-of-candidates',
    ])
      expect(picture.split('\r\n')).toContain(line);
    expect(sound.split('\r\n')).toContain('a=rtpmap:111 opus/48000/2');
  });

  it('[SP4] simulcast is answered with what is received', () => {
    const offer = readOffer(offers.chromiumSimulcast);
    const answered = acceptIncoming(offer, capabilities).map(({ answer }) => answer);
    const [, picture = ''] = sectionsOf(writeAnswer(offer, someTransport, answered, 7));
    expect(picture).toContain('a=rid:q recv\r\na=rid:h recv\r\na=rid:f recv\r\na=simulcast:recv q;h;f\r\n');
    expect(picture).toMatch(/^video 44000 UDP\/TLS\/RTP\/SAVPF 96 97\r\n/);
  });

  it('[SP4] what is not taken keeps its place, with port 0', () => {
    const text = `${change('a=group:BUNDLE 0 1', 'a=group:BUNDLE 0 1 d')}m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:d\r\na=sctp-port:5000\r\n`;
    const offer = readOffer(text);
    const answered = acceptIncoming(offer, capabilities).map(({ answer }) => answer);
    const [, , data] = sectionsOf(writeAnswer(offer, someTransport, answered, 7));
    expect(data).toBe(
      'application 0 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:d\r\na=inactive\r\n',
    );
  });

  it('[SP4] a peer that insists on the passive end gets it', () => {
    const offer = readOffer(change('setup:actpass', 'setup:passive'));
    expect(writeAnswer(offer, someTransport, [], 7)).not.toContain('a=setup:passive');
    const answered = acceptIncoming(offer, capabilities).map(({ answer }) => answer);
    expect(writeAnswer(offer, someTransport, answered, 7)).toContain('a=setup:active');
  });
});

describe('[SP5] receivers', () => {
  it("[SP5] the relay is told the offer's payload types, and no retransmission streams", () => {
    const { payloadTypes, rtpCapabilities } = receiverOf(
      acceptOutgoing(readOffer(offers.chromiumWatch), capabilities),
    );
    expect(Object.fromEntries(payloadTypes)).toEqual({
      'audio/opus': 111,
      'video/vp8': 96,
      'video/h264;profile=constrained-baseline;packetization-mode=1': 109,
      'video/vp9;profile-id=0': 98,
      'video/av1': 45,
    });
    expect(rtpCapabilities.codecs?.some(({ mimeType }) => mimeType.endsWith('rtx'))).toBe(false);
    // Chromium's ids are not those of mediasoup.
    expect(rtpCapabilities.headerExtensions).toEqual([]);
  });

  it('[SP5] the answer has the one codec that is sent, and its stream', () => {
    const offer = readOffer(offers.chromiumWatch);
    const outgoing = acceptOutgoing(offer, capabilities);
    const picture = outgoing.find(({ kind }) => kind === 'video');
    if (picture === undefined) throw new Error('no picture');
    const sent = {
      codecs: [
        {
          mimeType: 'video/VP8',
          payloadType: 96,
          clockRate: 90_000,
          rtcpFeedback: [{ type: 'nack', parameter: 'pli' }],
        },
      ],
      encodings: [{ ssrc: 77 }],
      rtcp: { cname: 'bad\r\na=x' },
    };
    const answered = answerOutgoing(picture, sent, { streamId: 's', trackId: 't' });
    const [sound, shown = ''] = sectionsOf(writeAnswer(offer, someTransport, [answered], 7));
    expect(sound).toMatch(/^audio 0 /);
    expect(shown).toMatch(/^video 44000 UDP\/TLS\/RTP\/SAVPF 96\r\n/);
    for (const line of ['a=sendonly', 'a=msid:s t', 'a=ssrc:77 cname:s', 'a=rtcp-fb:96 nack pli'])
      expect(shown.split('\r\n')).toContain(line);
    const other = { ...sent, codecs: [{ mimeType: 'video/VP9', payloadType: 96, clockRate: 90_000 }] };
    expect(() => answerOutgoing(picture, other, { streamId: 's', trackId: 't' })).toThrow(CodecProblem);
  });
});
