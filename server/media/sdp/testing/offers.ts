/** Offers as clients of the field write them; fingerprints and credentials are made up. */

const FINGERPRINT =
  'sha-256 0F:74:31:25:CB:A2:13:EC:28:6F:6D:2C:61:FF:5D:C2:BC:B9:DB:3D:98:14:8D:1A:BB:EA:33:0C:A4:60:A8:8E';
export const ICE = { ufrag: 'Yf4G', pwd: 'hIWrbQOcLPXCvgP6LuNY8bU0' };

const sdp = (text: string): string => `${text.trim().split('\n').join('\r\n')}\r\n`;

const ice = `a=ice-ufrag:${ICE.ufrag}
a=ice-pwd:${ICE.pwd}
a=ice-options:trickle
a=fingerprint:${FINGERPRINT}
a=setup:actpass`;

const chromiumHead = `v=0
o=- 4962303333179871722 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
a=extmap-allow-mixed
a=msid-semantic: WMS 5fd57b1c`;

const chromiumAudio = (direction: string): string => `m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
${ice}
a=mid:0
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a=${direction}
${direction === 'sendonly' ? 'a=msid:5fd57b1c 1f1e2b1a-audio\n' : ''}a=rtcp-mux
a=rtcp-rsize
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=fmtp:63 111/111
a=rtpmap:9 G722/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:13 CN/8000
a=rtpmap:110 telephone-event/48000
a=rtpmap:126 telephone-event/8000${
  direction === 'sendonly'
    ? `
a=ssrc:1399694169 cname:4TOk42mSjXCkVIa6
a=ssrc:1399694169 msid:5fd57b1c 1f1e2b1a-audio`
    : ''
}`;

const feedback = (type: number): string => `a=rtcp-fb:${type} goog-remb
a=rtcp-fb:${type} transport-cc
a=rtcp-fb:${type} ccm fir
a=rtcp-fb:${type} nack
a=rtcp-fb:${type} nack pli`;

const chromiumVideo = (
  direction: string,
  streams: string,
): string => `m=video 9 UDP/TLS/RTP/SAVPF 96 97 103 104 109 114 98 99 45 46 49 116 117 118
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
${ice}
a=mid:1
a=extmap:14 urn:ietf:params:rtp-hdrext:toffset
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=extmap:13 urn:3gpp:video-orientation
a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id
a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id
a=${direction}
${direction === 'sendonly' ? 'a=msid:5fd57b1c 9c2b1a-video\n' : ''}a=rtcp-mux
a=rtcp-rsize
a=rtpmap:96 VP8/90000
${feedback(96)}
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=rtpmap:103 H264/90000
${feedback(103)}
a=fmtp:103 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f
a=rtpmap:104 rtx/90000
a=fmtp:104 apt=103
a=rtpmap:109 H264/90000
${feedback(109)}
a=fmtp:109 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
a=rtpmap:114 rtx/90000
a=fmtp:114 apt=109
a=rtpmap:98 VP9/90000
${feedback(98)}
a=fmtp:98 profile-id=0
a=rtpmap:99 rtx/90000
a=fmtp:99 apt=98
a=rtpmap:45 AV1/90000
${feedback(45)}
a=fmtp:45 level-idx=5;profile=0;tier=0
a=rtpmap:46 rtx/90000
a=fmtp:46 apt=45
a=rtpmap:49 flexfec-03/90000
a=fmtp:49 repair-window=10000000
a=rtpmap:116 red/90000
a=rtpmap:117 rtx/90000
a=fmtp:117 apt=116
a=rtpmap:118 ulpfec/90000${streams}`;

const chromiumSsrcs = `
a=ssrc-group:FID 2231627014 632943048
a=ssrc:2231627014 cname:4TOk42mSjXCkVIa6
a=ssrc:2231627014 msid:5fd57b1c 9c2b1a-video
a=ssrc:632943048 cname:4TOk42mSjXCkVIa6
a=ssrc:632943048 msid:5fd57b1c 9c2b1a-video`;

const simulcast = `
a=rid:q send
a=rid:h send
a=rid:f send
a=simulcast:send q;h;f`;

export const chromiumPublish = sdp(
  [chromiumHead, chromiumAudio('sendonly'), chromiumVideo('sendonly', chromiumSsrcs)].join('\n'),
);
export const chromiumSimulcast = sdp(
  [chromiumHead, chromiumAudio('sendonly'), chromiumVideo('sendonly', simulcast)].join('\n'),
);
export const chromiumWatch = sdp(
  [chromiumHead, chromiumAudio('recvonly'), chromiumVideo('recvonly', '')].join('\n'),
);

/** Fingerprint and options for the session, braces in the CNAME, and SSRCs in any case. */
export const firefoxPublish = sdp(`v=0
o=mozilla...THIS_IS_SDPARTA-99.0 7183513187362436190 0 IN IP4 0.0.0.0
s=-
t=0 0
a=fingerprint:${FINGERPRINT}
a=group:BUNDLE 0 1
a=ice-options:trickle
a=msid-semantic:WMS *
m=audio 9 UDP/TLS/RTP/SAVPF 109 9 0 8 101
c=IN IP4 0.0.0.0
a=sendonly
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:2/recvonly urn:ietf:params:rtp-hdrext:csrc-audio-level
a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid
a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1
a=fmtp:101 0-15
a=ice-pwd:${ICE.pwd}
a=ice-ufrag:${ICE.ufrag}
a=mid:0
a=msid:{4c2a2e28} {b83d3ab1}
a=rtcp-mux
a=rtpmap:109 opus/48000/2
a=rtpmap:9 G722/8000/1
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000/1
a=setup:actpass
a=ssrc:2655508255 cname:{735484ea-4f6c-f74a-bd66-7425f8476c2e}
m=video 9 UDP/TLS/RTP/SAVPF 120 124 121 125 126 127 97 98
c=IN IP4 0.0.0.0
a=sendonly
a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid
a=extmap:4 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=extmap:5 urn:ietf:params:rtp-hdrext:toffset
a=extmap:6/recvonly http://www.webrtc.org/experiments/rtp-hdrext/playout-delay
a=extmap:7 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=fmtp:126 profile-level-id=42e01f;level-asymmetry-allowed=1;packetization-mode=1
a=fmtp:97 profile-level-id=42e01f;level-asymmetry-allowed=1
a=fmtp:120 max-fs=12288;max-fr=60
a=fmtp:124 apt=120
a=fmtp:121 max-fs=12288;max-fr=60
a=fmtp:125 apt=121
a=fmtp:127 apt=126
a=fmtp:98 apt=97
a=ice-pwd:${ICE.pwd}
a=ice-ufrag:${ICE.ufrag}
a=mid:1
a=rtcp-fb:120 nack
a=rtcp-fb:120 nack pli
a=rtcp-fb:120 ccm fir
a=rtcp-fb:120 goog-remb
a=rtcp-fb:120 transport-cc
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:120 VP8/90000
a=rtpmap:124 rtx/90000
a=rtpmap:121 VP9/90000
a=rtpmap:125 rtx/90000
a=rtpmap:126 H264/90000
a=rtpmap:127 rtx/90000
a=rtpmap:97 H264/90000
a=rtpmap:98 rtx/90000
a=setup:actpass
a=ssrc:1001 cname:{735484ea-4f6c-f74a-bd66-7425f8476c2e}
a=ssrc:1002 cname:{735484ea-4f6c-f74a-bd66-7425f8476c2e}
a=ssrc-group:FID 1001 1002`);

/** libdatachannel under OBS: H.264 alone, no retransmission stream, the handshake and ICE for the session. */
export const obsPublish = sdp(`v=0
o=rtc 3105150302 0 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
a=group:LS 0 1
a=msid-semantic:WMS *
a=ice-options:ice2,trickle
a=fingerprint:${FINGERPRINT}
m=audio 49283 UDP/TLS/RTP/SAVPF 111
c=IN IP4 192.168.1.20
a=mid:0
a=sendonly
a=setup:actpass
a=ice-ufrag:${ICE.ufrag}
a=ice-pwd:${ICE.pwd}
a=ssrc:1234567 cname:qhIs8jhKLsBfLmq4
a=ssrc:1234567 msid:stream stream-audio
a=rtcp-mux
a=rtpmap:111 opus/48000/2
a=fmtp:111 minptime=10;maxaveragebitrate=96000;stereo=1;sprop-stereo=1;useinbandfec=1
a=candidate:1 1 UDP 2122317823 192.168.1.20 49283 typ host
a=end-of-candidates
m=video 49283 UDP/TLS/RTP/SAVPF 96
c=IN IP4 192.168.1.20
a=mid:1
a=sendonly
a=setup:actpass
a=ice-ufrag:${ICE.ufrag}
a=ice-pwd:${ICE.pwd}
a=ssrc:1234568 cname:qhIs8jhKLsBfLmq4
a=ssrc:1234568 msid:stream stream-video
a=rtcp-mux
a=rtpmap:96 H264/90000
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=rtcp-fb:96 goog-remb
a=fmtp:96 profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1
a=candidate:1 1 UDP 2122317823 192.168.1.20 49283 typ host
a=end-of-candidates`);

/** webrtcbin: names as mids, a setup for us to choose, feedback for every type at once. */
export const gstreamerPublish = sdp(`v=0
o=- 1462432890264530742 0 IN IP4 0.0.0.0
s=-
t=0 0
a=ice-options:trickle
a=group:BUNDLE video0 audio1
m=video 9 UDP/TLS/RTP/SAVPF 96 97
c=IN IP4 0.0.0.0
a=setup:actpass
a=ice-ufrag:${ICE.ufrag}
a=ice-pwd:${ICE.pwd}
a=rtcp-mux
a=rtcp-rsize
a=sendonly
a=rtpmap:96 H264/90000
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=rtcp-fb:96 ccm fir
a=rtcp-fb:* transport-cc
a=fmtp:96 packetization-mode=1;profile-level-id=42c016;sprop-parameter-sets=Z0LAFtoFB+hAAAADAEAAAAMDg8WLqA==,aM48gA==
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=extmap:1 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=ssrc-group:FID 3724683231 1208426317
a=ssrc:3724683231 msid:user2195587396@host-4c9d webrtctransceiver0
a=ssrc:3724683231 cname:user2195587396@host-4c9d
a=ssrc:1208426317 msid:user2195587396@host-4c9d webrtctransceiver0
a=ssrc:1208426317 cname:user2195587396@host-4c9d
a=mid:video0
a=fingerprint:${FINGERPRINT}
m=audio 9 UDP/TLS/RTP/SAVPF 100
c=IN IP4 0.0.0.0
a=setup:actpass
a=ice-ufrag:${ICE.ufrag}
a=ice-pwd:${ICE.pwd}
a=rtcp-mux
a=sendonly
a=rtpmap:100 OPUS/48000/2
a=fmtp:100 sprop-maxcapturerate=48000;sprop-stereo=0
a=ssrc:2203120571 cname:user2195587396@host-4c9d
a=mid:audio1
a=fingerprint:${FINGERPRINT}`);

export const publishOffers = {
  Chromium: chromiumPublish,
  'Chromium with simulcast': chromiumSimulcast,
  Firefox: firefoxPublish,
  OBS: obsPublish,
  GStreamer: gstreamerPublish,
};
