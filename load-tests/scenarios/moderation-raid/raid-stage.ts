import { Bots } from '../../bots/bots.ts';
import { signToken } from '../../kit/tokens.ts';
import { Caller } from '../../target/caller.ts';
import { createRoom, freshSecrets, startNode } from '../../target/livestall.ts';
import { type RedisUnderTest, startRedis } from '../../target/redis.ts';
import type { ServerUnderTest } from '../../target/server-under-test.ts';
import type { RunContext } from '../scenario.ts';

export type RaidPlan = {
  viewers: number;
  raiders: number;
  /** Network addresses that the raiders come from. */
  addresses: number;
  /** Of all viewers together, and of all raiders together. */
  honestPerSecond: number;
  raidPerSecond: number;
  seconds: number;
  pairs: number;
  /** Raiders who are banned at once in the end. */
  banned: number;
  seed: number;
};

export const ROOM = 'load-raid';
export const VIEWERS = 'viewers';
export const RAIDERS = 'raiders';
const CONNECTING_AT_ONCE = 50;

/**
 * The limits of an address are those of a new installation: it trusts one proxy, and everybody has the address that it
 * names. Chat is not shaped, so that every message is due on every socket.
 */
const SETTINGS: Record<string, string> = {
  LIVESTALL_TRUSTED_PROXY_HOPS: '1',
  LIVESTALL_MAX_CONNECTIONS_PER_ADDRESS: '50',
  LIVESTALL_COMMANDS_PER_SECOND_PER_ADDRESS: '500',
  LIVESTALL_COMMANDS_BURST_PER_ADDRESS: '1000',
};

export type RaidStage = {
  redis: RedisUnderTest;
  node: ServerUnderTest;
  host: Caller;
  viewers: Bots;
  raiders: Bots;
  /** Lets so many users come in; throws unless all do. */
  gather(
    bots: Bots,
    crowd: string,
    people: { prefix: string; users: number; address: string; addresses: number },
  ): Promise<void>;
  /** A raider tries to come in anew: the code of the refusal, `OK` when they may. */
  tryToJoin(userId: string): Promise<string>;
};

export async function setRaidStage({ lifetimes, pinning, progress }: RunContext): Promise<RaidStage> {
  const redis = await startRedis(lifetimes, pinning?.others);
  const secrets = freshSecrets();
  const node = await startNode(
    'node-1',
    { redis, secrets, env: SETTINGS, cpus: pinning?.servers },
    lifetimes,
  );
  await createRoom(node, secrets, ROOM);
  const tokenOf = (userId: string, role: 'host' | 'viewer'): string =>
    signToken(secrets.tokenSecret, { userId, name: userId, roomId: ROOM, role });
  const host = await Caller.connect(node.url, tokenOf('host', 'host'));
  lifetimes.add('host', () => host.close());
  await host.call('room:join', { roomId: ROOM });
  const [viewers, raiders] = [VIEWERS, RAIDERS].map((what) => {
    const bots = new Bots({ what, cpus: pinning?.others });
    lifetimes.add(what, () => bots.child.stop());
    bots.onLive = progress.live;
    return bots;
  }) as [Bots, Bots];
  return {
    ...{ redis, node, host, viewers, raiders },
    async gather(bots, crowd, { prefix, users, address, addresses }) {
      const { connected, failures } = await bots.call('connect', {
        ...{ crowd, urls: [node.url], tokenSecret: secrets.tokenSecret, roomId: ROOM },
        ...{ userPrefix: prefix, firstUser: 0, users, concurrency: CONNECTING_AT_ONCE },
        addresses: { prefix: address, count: addresses },
      });
      if (connected < users)
        throw new Error(`Only ${connected} of ${users} ${crowd} joined: ${JSON.stringify(failures)}`);
    },
    async tryToJoin(userId) {
      const caller = await Caller.connect(node.url, tokenOf(userId, 'viewer'));
      try {
        await caller.call('room:join', { roomId: ROOM });
        return 'OK';
      } catch (error) {
        return /^room:join: ([A-Z_]+)/.exec(String((error as Error).message))?.[1] ?? String(error);
      } finally {
        caller.close();
      }
    },
  };
}
