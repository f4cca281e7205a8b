import type { Config } from '../config/schema.ts';
import type { Clock } from '../kernel/clock.ts';
import type { LocalPeople } from '../kernel/local-people.ts';
import type { Log } from '../kernel/log.ts';
import type { Observer } from '../kernel/observer.ts';
import type { RandomSource } from '../kernel/random.ts';
import type { RedisClient } from '../redis/client.ts';
import type { DueQueue } from '../redis/due-queue.ts';
import type { Keys } from '../redis/keys.ts';
import type { FanNews } from './fan-news.ts';
import type { RoomCalendars } from './room-days.ts';

/** What the plays about people (draws, fans, moderation) are built on; each takes what it needs. */
export type CommunityDeps = {
  config: Config;
  redis: RedisClient;
  keys: Keys;
  due: DueQueue;
  clock: Clock;
  random: RandomSource;
  log: Log;
  observer: Observer;
  /** '' in production (Redis' own time); tests pass theirs. */
  scriptNow: () => string;
  /** Redis' time, as this node knows it. */
  serverNowMs: () => number;
  /** Whether this node hears the event log without gaps. */
  feedHealthy: () => boolean;
  notify: (roomId: string, userId: string, name: string, data: unknown) => void;
  /** This node's sockets, once it takes any. */
  local: () => LocalPeople | undefined;
  calendars: RoomCalendars;
  fanNews: FanNews;
};
