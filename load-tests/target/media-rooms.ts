import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Child } from '../kit/child.ts';
import type { Lifetimes } from '../kit/lifetimes.ts';
import { readyUrl } from '../kit/ready-file.ts';
import { signToken } from '../kit/tokens.ts';
import { createRoom, freshSecrets, startNode } from './livestall.ts';
import { startRedis } from './redis.ts';

/** A server with a room that a page can publish into, on one media worker: a node of ours, or bare mediasoup. */
export type MediaRoom = { kind: 'livestall' | 'mediasoup'; url: string; pid: number; hostToken: string };

export const MEDIA_ROOM = 'first-frame';
const START_TIMEOUT_MS = 15_000;
const PEER = fileURLToPath(new URL('../peers/plain-mediasoup.ts', import.meta.url));

export async function startOurRoom(workerBin: string, lifetimes: Lifetimes): Promise<MediaRoom> {
  const redis = await startRedis(lifetimes);
  const secrets = freshSecrets();
  const env = { LIVESTALL_MEDIA_WORKER_BIN: workerBin, LIVESTALL_MEDIA_WORKERS: '1' };
  const node = await startNode('n1', { redis, secrets, env }, lifetimes);
  await createRoom(node, secrets, MEDIA_ROOM);
  const host = { userId: 'host', name: 'Host', roomId: MEDIA_ROOM, role: 'host' } as const;
  return {
    ...{ kind: 'livestall', url: node.url, pid: node.pid },
    hostToken: signToken(secrets.tokenSecret, host),
  };
}

export async function startBareRoom(workerBin: string, lifetimes: Lifetimes): Promise<MediaRoom> {
  const folder = mkdtempSync(join(tmpdir(), 'livestall-load-'));
  lifetimes.add('folder of bare mediasoup', () => rmSync(folder, { recursive: true, force: true }));
  const readyFile = join(folder, 'ready.json');
  const child = new Child({
    what: 'bare mediasoup',
    command: process.execPath,
    args: [PEER],
    env: { MEDIASOUP_WORKER_BIN: workerBin, LIVESTALL_READY_FILE: readyFile },
  });
  lifetimes.add(child.what, () => child.stop());
  const url = await readyUrl(child, readyFile, START_TIMEOUT_MS);
  return { kind: 'mediasoup', url, pid: child.pid, hostToken: '' };
}
