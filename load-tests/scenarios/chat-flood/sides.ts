import { readFileSync } from 'node:fs';
import { Bots } from '../../bots/bots.ts';
import type { ConnectResult, FloodParams, FloodResult } from '../../bots/methods.ts';
import type { PeerProtocol } from '../../bots/peers/methods.ts';
import { type PeerBots, startPeerBots } from '../../bots/peers/peer-bots.ts';
import type { Child } from '../../kit/child.ts';
import { CFloor, NoCompiler } from '../../peers/c-floor/c-floor.ts';
import { type ComparedName, installCompared, startCompared } from '../../peers/compared.ts';
import { startPeer } from '../../peers/peer.ts';
import { createRoom, freshSecrets, startNode } from '../../target/livestall.ts';
import { type RedisUnderTest, startRedis } from '../../target/redis.ts';
import type { ServerUnderTest } from '../../target/server-under-test.ts';
import type { RunContext } from '../scenario.ts';
import { FloorSide } from './floor-side.ts';

/** A channel name that every peer takes. */
export const ROOM = 'load-chat';
const CONNECTING_AT_ONCE = 50;

export type SideName = 'ours' | 'baseline' | 'floor' | ComparedName;
export type SideFlood = Omit<FloodParams, 'crowd'>;

/** One of those that are compared: its processes, and a crowd that is connected to it. */
export type Side = {
  readonly name: SideName;
  /** All its processes. Redis is another matter. */
  readonly pids: readonly number[];
  flood(params: SideFlood): Promise<FloodResult>;
  /** Connections that ended by themselves, by reason. */
  lost(): Promise<Record<string, number>>;
};

export type Stage = {
  sides: readonly Side[];
  ours: Side;
  floor: FloorSide | undefined;
  redis: RedisUnderTest;
  botPids: readonly number[];
  warnings: string[];
};

/** A process and those it has started: nginx works in a child. */
function processTree(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return [
    pid,
    ...(children === '' ? [] : children.split(' ').flatMap((child) => processTree(Number(child)))),
  ];
}

/** @throws with the server's last words, where it is gone. */
function checkConnected(
  name: string,
  viewers: number,
  { connected, failures }: ConnectResult,
  child: Child,
): void {
  if (connected === viewers) return;
  const problem = child.problem() ?? JSON.stringify(failures);
  throw new Error(`Only ${connected} of ${viewers} viewers joined ${name}: ${problem}`);
}

/** Starts everything that is to be compared, with `viewers` connected to each. */
export async function setStage(viewers: number, peers: boolean, context: RunContext): Promise<Stage> {
  const { lifetimes, pinning, progress } = context;
  const cpus = pinning?.servers;
  // First of all: it may take a while, and may be impossible here.
  if (peers) progress.step('Looking for the peers, installing those that are missing');
  const places = peers ? await installCompared() : undefined;
  const redis = await startRedis(lifetimes, pinning?.others);
  const secrets = freshSecrets();
  const { tokenSecret } = secrets;
  const warnings: string[] = [];

  const bots = new Bots({ what: 'bots', cpus: pinning?.others });
  lifetimes.add('bots', () => bots.child.stop());
  const peerBots = await startPeerBots(pinning?.others, lifetimes);

  const joined = (name: string, { durationMs }: ConnectResult) =>
    progress.step(`${viewers} viewers joined ${name} in ${(durationMs / 1000).toFixed(1)} s`);

  const socketIoSide = async (name: 'ours' | 'baseline', server: ServerUnderTest): Promise<Side> => {
    bots.onLive = (text) => progress.live(`${name}: ${text}`);
    const result = await bots.call('connect', {
      ...{ crowd: name, urls: [server.url], tokenSecret, roomId: ROOM },
      ...{ userPrefix: 'viewer-', firstUser: 0, users: viewers, concurrency: CONNECTING_AT_ONCE },
    });
    checkConnected(name, viewers, result, server.child);
    joined(name, result);
    return {
      name,
      pids: [server.pid],
      flood: (params) => {
        bots.onLive = (text) => progress.live(`${name}: ${text}`);
        return bots.call('flood', { ...params, crowd: name });
      },
      lost: () => bots.call('lost', { crowd: name }),
    };
  };
  const subscribe = async (
    name: SideName,
    protocol: PeerProtocol,
    { url, child }: Pick<ServerUnderTest, 'url' | 'child'>,
  ): Promise<void> => {
    const params = { crowd: name, protocol, url, room: ROOM, users: viewers };
    const result = await peerBots.call('connect', { ...params, concurrency: CONNECTING_AT_ONCE });
    checkConnected(name, viewers, result, child);
    joined(name, result);
  };

  const plain = await startPeer('plain-socketio', { redis, tokenSecret, cpus }, lifetimes);
  const baseline = await socketIoSide('baseline', plain);
  const node = await startNode('node-1', { redis, secrets, cpus }, lifetimes);
  await createRoom(node, secrets, ROOM);
  const ours = await socketIoSide('ours', node);
  const sides: Side[] = [baseline, ours];

  const floor = await startFloor(viewers, peerBots, context, warnings);
  if (floor) {
    await subscribe('floor', 'floor', floor);
    sides.push(floor);
  }
  if (places) {
    for (const peer of await startCompared(places, { folder: redis.folder, cpus }, lifetimes)) {
      const { name, protocol, server } = peer;
      await subscribe(name, protocol, server);
      sides.push({
        name,
        pids: processTree(server.pid),
        flood: (params) => peerBots.call('flood', { ...params, crowd: name }),
        lost: () => peerBots.call('lost', { crowd: name }),
      });
    }
  }
  return { sides, ours, floor, redis, botPids: [bots.child.pid, peerBots.pid], warnings };
}

async function startFloor(
  viewers: number,
  peerBots: PeerBots,
  { lifetimes, pinning }: RunContext,
  warnings: string[],
): Promise<FloorSide | undefined> {
  try {
    return new FloorSide(await CFloor.start(pinning?.servers, lifetimes), viewers, peerBots);
  } catch (error) {
    if (!(error instanceof NoCompiler)) throw error;
    warnings.push(error.message);
    return undefined;
  }
}
