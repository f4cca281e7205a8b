import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { eventually } from '../../testing/eventually.ts';

/** WHIP and WHEP clients of a few lines, on pages of Chromium: plain WebRTC and fetch. */

export type Session = { status: number; state: string; location: string };
export type Stats = { framesDecoded: number; width: number; energy: number; state: string };
/** What the pages keep between calls. */
export type Kept = typeof globalThis & { pc: RTCPeerConnection; answer: string };

/** A whole WHIP or WHEP client: an offer, a POST, the answer. */
export function connect(
  on: Page,
  url: string,
  key: string | undefined,
  rids: readonly string[] = [],
): Promise<Session> {
  return on.evaluate(
    async ({ url, key, rids }) => {
      const pc = new RTCPeerConnection();
      (globalThis as Kept).pc = pc;
      if (key === undefined) {
        for (const kind of ['audio', 'video']) pc.addTransceiver(kind, { direction: 'recvonly' });
        pc.ontrack = ({ track }) => {
          const player = document.createElement(track.kind === 'video' ? 'video' : 'audio');
          player.autoplay = true;
          player.srcObject = new MediaStream([track]);
          document.body.append(player);
        };
      } else {
        const stream = await navigator.mediaDevices.getUserMedia({
          audio: true,
          video: { width: 640, height: 480 },
        });
        for (const track of stream.getTracks()) {
          const layers = track.kind === 'video' ? rids : [];
          const sendEncodings = layers.map((rid, i) => ({
            rid,
            scaleResolutionDownBy: 2 ** (layers.length - 1 - i),
          }));
          pc.addTransceiver(track, { direction: 'sendonly', sendEncodings });
        }
      }
      await pc.setLocalDescription();
      const response = await fetch(url, {
        method: 'POST',
        body: pc.localDescription?.sdp ?? '',
        headers: {
          'Content-Type': 'application/sdp',
          ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }),
        },
      });
      const sdp = await response.text();
      const location = response.headers.get('Location') ?? '';
      if (response.status !== 201) return { status: response.status, state: sdp, location };
      (globalThis as Kept).answer = sdp;
      await pc.setRemoteDescription({ type: 'answer', sdp });
      if (pc.connectionState !== 'connected') {
        await new Promise<void>((resolve) => {
          pc.onconnectionstatechange = () => pc.connectionState !== 'connecting' && resolve();
        });
      }
      return { status: response.status, state: pc.connectionState, location };
    },
    { url, key, rids },
  );
}

export function statsOf(on: Page): Promise<Stats> {
  return on.evaluate(async () => {
    const { pc } = globalThis as Kept;
    const stats = { framesDecoded: 0, width: 0, energy: 0, state: pc.connectionState as string };
    for (const report of (await pc.getStats()).values()) {
      if (report.type !== 'inbound-rtp') continue;
      if (report.kind === 'video') {
        stats.framesDecoded = report.framesDecoded ?? 0;
        stats.width = report.frameWidth ?? 0;
      } else stats.energy = report.totalAudioEnergy ?? 0;
    }
    return stats;
  });
}

export function end(on: Page, url: string, key: string | undefined): Promise<number> {
  return on.evaluate(
    async ({ url, key }) => {
      const headers = key === undefined ? {} : { Authorization: `Bearer ${key}` };
      return (await fetch(url, { method: 'DELETE', headers: headers as Record<string, string> })).status;
    },
    { url, key },
  );
}

/** Its picture moves. */
export async function decoding(on: Page): Promise<Stats> {
  const { framesDecoded } = await statsOf(on);
  return eventually(
    async () => {
      const stats = await statsOf(on);
      expect(stats.framesDecoded).toBeGreaterThan(framesDecoded + 10);
      return stats;
    },
    { withinMs: 20_000, everyMs: 100 },
  );
}
