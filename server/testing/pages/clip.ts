import type { Page, Route } from 'playwright-core';
import { openBrowser } from './browser.ts';

/** A second of moving colours, as an mp4, and as the pieces of an HLS list. Recorded by the browser: no tool is needed. */
export type Clip = { mp4: Buffer; init: Buffer; segment: Buffer; durationMs: number };

const DURATION_MS = 1_200;

export async function recordClip(): Promise<Clip> {
  const person = await openBrowser();
  try {
    const base64 = await person.page.evaluate(record, DURATION_MS);
    const mp4 = Buffer.from(base64, 'base64');
    const end = (type: string): number => {
      const box = boxesOf(mp4).find((each) => each.type === type);
      if (box === undefined) throw new Error(`the recording has no ${type}`);
      return box.end;
    };
    // Where a fragment begins, the part that describes the tracks has ended (ISO 14496-12).
    const init = mp4.subarray(0, end('moov'));
    return { mp4, init, segment: mp4.subarray(init.length, end('mdat')), durationMs: DURATION_MS };
  } finally {
    await person.close();
  }
}

function boxesOf(file: Buffer): { type: string; end: number }[] {
  const boxes = [];
  for (let at = 0; at + 8 <= file.length; ) {
    const size = file.readUInt32BE(at);
    at += size < 8 ? file.length : size;
    boxes.push({ type: file.toString('latin1', at - size + 4, at - size + 8), end: at });
  }
  return boxes;
}

/** Runs in the page. */
async function record(durationMs: number): Promise<string> {
  const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 });
  const drawing = canvas.getContext('2d');
  let hue = 0;
  const timer = setInterval(() => {
    if (drawing === null) return;
    hue += 11;
    drawing.fillStyle = `hsl(${hue} 60% 50%)`;
    drawing.fillRect(0, 0, 320, 180);
  }, 40);
  const recorder = new MediaRecorder(canvas.captureStream(25), {
    mimeType: 'video/mp4;codecs=avc1.42E01E',
  });
  const parts: Blob[] = [];
  recorder.addEventListener('dataavailable', ({ data }) => parts.push(data));
  const stopped = new Promise((resolve) => recorder.addEventListener('stop', resolve));
  recorder.start();
  setTimeout(() => recorder.stop(), durationMs);
  await stopped;
  clearInterval(timer);
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

export const REPLAYS = 'https://replays.example';

/** Answers as a server of replays would, that lets other pages read: `show.mp4`, `show.m3u8`, and 404 for the rest. */
export async function serveClip(page: Page, clip: Clip): Promise<void> {
  const seconds = clip.durationMs / 1000;
  const list = [
    ...['#EXTM3U', '#EXT-X-VERSION:7', `#EXT-X-TARGETDURATION:${Math.ceil(seconds)}`],
    ...['#EXT-X-PLAYLIST-TYPE:VOD', '#EXT-X-MAP:URI="init.mp4"'],
    ...[`#EXTINF:${seconds.toFixed(3)},`, 'piece.m4s', '#EXT-X-ENDLIST', ''],
  ].join('\n');
  const files: Record<string, [string, string | Buffer]> = {
    '/show.mp4': ['video/mp4', clip.mp4],
    '/show.m3u8': ['application/vnd.apple.mpegurl', list],
    '/init.mp4': ['video/mp4', clip.init],
    '/piece.m4s': ['video/mp4', clip.segment],
  };
  await page.route(`${REPLAYS}/**`, (route: Route) => {
    const [contentType, body] = files[new URL(route.request().url()).pathname] ?? [];
    const headers = { 'access-control-allow-origin': '*' };
    if (contentType === undefined || body === undefined) return route.fulfill({ status: 404, headers });
    return route.fulfill({ status: 200, headers, contentType, body });
  });
}
