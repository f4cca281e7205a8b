import { execFileSync } from 'node:child_process';
import { expect } from 'vitest';
import type { Config } from '../../config/schema.ts';
import { type HttpNode, httpNode } from '../../http/testing.ts';
import { eventually } from '../eventually.ts';
import type { Harness } from '../harness.ts';
import { openBrowser, type Person } from './browser.ts';

type Size = { width: number; height: number };
type Who = {
  role: 'host' | 'cohost' | 'viewer' | 'guest';
  size?: Size;
  query?: string;
  flags?: readonly string[];
};

/** A room on a node with a real relay, and people who send and watch. */
export type MediaRoom = {
  node: HttpNode;
  roomId: string;
  open(page: 'r' | 'studio', userId: string, who: Who): Promise<Person>;
  closePages(): Promise<void>;
};

export async function openMediaRoom(
  harness: Harness,
  { hasRelay = true, config: given = {} }: { hasRelay?: boolean; config?: Partial<Config> } = {},
): Promise<MediaRoom> {
  const workerBin = process.env.LIVESTALL_MEDIA_WORKER_BIN;
  const worker = workerBin === undefined ? {} : { mediaWorkerBin: workerBin };
  const config = { media: true, mediaWorkers: 1, ...(hasRelay ? worker : {}), ...given };
  const node = await httpNode(harness, { config });
  const roomId = await harness.room(node, [{ title: 'Linen shirt', priceMinor: 12_900 }]);
  const people: Person[] = [];
  return {
    ...{ node, roomId },
    async open(page, userId, { role, size, query = '', flags = [] }) {
      const person = await openBrowser(size, flags);
      people.push(person);
      await person.page.addInitScript(keepConnections);
      const token = role === 'guest' ? undefined : await node.token({ userId, role, room: roomId });
      const sign = token === undefined ? '' : `#token=${token}`;
      await person.page.goto(`${node.url}/${page}/${roomId}${query}${sign}`);
      await eventually(async () => expect(await person.state('connection').catch(() => '')).toBe('online'), {
        withinMs: 15_000,
      });
      return person;
    },
    async closePages() {
      for (const person of people.splice(0)) await person.close();
    },
  };
}

/** Runs in the page before its own code: keeps what the test looks at, and changes nothing. */
export function keepConnections(): void {
  const kept = { connections: [] as RTCPeerConnection[], played: new Set<HTMLMediaElement>() };
  Object.assign(window, { kept });
  const Connection = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Connection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      kept.connections.push(this);
    }
  };
  const { play } = HTMLMediaElement.prototype;
  HTMLMediaElement.prototype.play = function () {
    kept.played.add(this);
    return play.call(this);
  };
}

type Kept = { kept: { connections: RTCPeerConnection[]; played: Set<HTMLMediaElement> } };

export type Received = { framesDecoded: number; width: number; height: number; soundEnergy: number };

/** Kills the workers of the nodes in this process, as a crash would. */
export function killWorkers(): void {
  const found = execFileSync('pgrep', ['-P', String(process.pid), '-f', 'mediasoup-worker'], {
    encoding: 'utf8',
  });
  for (const pid of found.split('\n').filter(Boolean)) process.kill(Number(pid), 'SIGKILL');
}

/** Watches the stage from now on: whether it was ever away, or had nothing on it. */
export async function watchStage({ page }: Person): Promise<{ wasEmpty(): Promise<boolean> }> {
  await page.evaluate(() => {
    const seen = { wasEmpty: false };
    Object.assign(window, { seen });
    const look = () => {
      const layers = document.querySelectorAll('.media-stage .picture-layer.is-shown');
      seen.wasEmpty ||= layers.length === 0;
    };
    look();
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
  });
  return { wasEmpty: () => page.evaluate(() => (window as unknown as Seen).seen.wasEmpty) };
}

type Seen = { seen: { wasEmpty: boolean } };

/** What has arrived over every connection of the page. */
export function received({ page }: Person): Promise<Received> {
  return page.evaluate(async () => {
    const { kept } = window as unknown as Kept;
    const sum = { framesDecoded: 0, width: 0, height: 0, soundEnergy: 0 };
    for (const connection of kept.connections) {
      for (const stats of (await connection.getStats()).values()) {
        if (stats.type !== 'inbound-rtp') continue;
        sum.framesDecoded += stats.framesDecoded ?? 0;
        sum.width = Math.max(sum.width, stats.frameWidth ?? 0);
        sum.height = Math.max(sum.height, stats.frameHeight ?? 0);
        sum.soundEnergy += stats.kind === 'audio' ? (stats.totalAudioEnergy ?? 0) : 0;
      }
    }
    return sum;
  });
}

/** Elements that play aloud. */
export function speaking({ page }: Person): Promise<number> {
  return page.evaluate(() => {
    const { kept } = window as unknown as Kept;
    return [...kept.played].filter(
      ({ muted, paused, srcObject }) =>
        !muted && !paused && srcObject instanceof MediaStream && srcObject.getAudioTracks().length > 0,
    ).length;
  });
}

/** Waits until so many pictures play on the page. */
export async function untilPlaying({ page }: Person, pictures = 1): Promise<void> {
  const playing = page.locator('[data-testid="media-stage"] [data-testid="video"][data-state="playing"]');
  await eventually(async () => expect(await playing.count()).toBe(pictures), { withinMs: 15_000 });
}

export type Stream = { ssrc: number; framesDecoded: number; soundEnergy: number };

/** Every stream that the page receives. */
export function streams({ page }: Person): Promise<Stream[]> {
  return page.evaluate(async () => {
    const { kept } = window as unknown as Kept;
    const found: Stream[] = [];
    for (const connection of kept.connections) {
      for (const stats of (await connection.getStats()).values()) {
        if (stats.type !== 'inbound-rtp') continue;
        const { ssrc, framesDecoded = 0, totalAudioEnergy = 0 } = stats;
        found.push({ ssrc, framesDecoded, soundEnergy: totalAudioEnergy });
      }
    }
    return found;
  });
}
