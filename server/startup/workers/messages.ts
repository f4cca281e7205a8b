import type { ListenOptions } from 'node:net';
import type { Config } from '../../config/schema.ts';
import type { DemoSecrets } from '../../demo/secrets.ts';
import type { Figures } from '../../http/metrics.ts';
import type { RedisMode } from '../../http/readiness.ts';

/** What the primary and its workers say to each other. Both are this code, so what is heard is not checked. */

/** All that a worker needs to know. */
export type WorkerSetup = {
  /** From 1. */
  worker: number;
  config: Config;
  redisUrl: string;
  redisMode: RedisMode;
  demoSecrets: DemoSecrets | undefined;
  listen: ListenOptions;
  /** Does what is to be done once, not once a worker. */
  leads: boolean;
};

export type ToWorker =
  | { kind: 'start'; setup: WorkerSetup }
  | { kind: 'stop' }
  /** To be answered at once: a worker that does not is stuck. */
  | { kind: 'ping' }
  | { kind: 'tell-figures'; id: number }
  /** Undefined: they cannot be had. */
  | { kind: 'sum'; id: number; text: string | undefined };

export type ToPrimary =
  | { kind: 'listening'; url: string }
  | { kind: 'pong' }
  /** `known`: the person at the keyboard can mend it, and trying again is of no use. */
  | { kind: 'failed'; message: string; known: boolean }
  | { kind: 'figures'; id: number; figures: Figures }
  /** The last ones, before the worker ends. */
  | { kind: 'last-figures'; figures: Figures }
  | { kind: 'ask-sum'; id: number };
