import type { CloseReason } from '../../shared/kernel/errors.ts';

/** What the server tells of itself while it works; metrics listen. Never decides anything. */
export type Observer = {
  call(command: string, code: string, durationMs: number): void;
  framesSent(count: number): void;
  event(name: string): void;
  connection(delta: 1 | -1): void;
  connectionRefused(reason: CloseReason): void;
  slowReader(): void;
  dueHandled(kind: string, count: number): void;
  /** How long after its deadline a due action's turn came. */
  dueLag(ms: number): void;
  grabBatch(size: number): void;
  grabAnsweredLocally(): void;
  /** A grab was told to come back: `rate`, `line` or `late`. */
  grabBusy(reason: string): void;
  webhookAttempt(outcome: string, durationMs: number): void;
  webhooksDead(count: number): void;
  /** How all endpoints stand, over all rooms. */
  webhookBacklogs(
    backlogs: readonly {
      endpointId: string;
      pending: number;
      dead: number;
      roomsDown: number;
      lagMs: number;
    }[],
  ): void;
  /** An order was made or changed; `source`: grab, cart or waitlist. */
  order(transition: string, source: string): void;
  /** What the filters made of a message that somebody who is not of staff wanted to say. */
  messageScreened(outcome: 'passed' | 'masked' | 'held' | 'blocked' | 'paused'): void;
  /** Somebody reported the seller or a product; `dropped`: an open report went, as there were too many. */
  sellerReported(reason: string): void;
  sellerReportDropped(): void;
  /** So many hearts were counted for a show. */
  heartsGiven(count: number): void;
};

const ignore = (): void => undefined;

export const silentObserver: Observer = {
  call: ignore,
  framesSent: ignore,
  event: ignore,
  connection: ignore,
  connectionRefused: ignore,
  slowReader: ignore,
  dueHandled: ignore,
  dueLag: ignore,
  grabBatch: ignore,
  grabAnsweredLocally: ignore,
  grabBusy: ignore,
  webhookAttempt: ignore,
  webhooksDead: ignore,
  webhookBacklogs: ignore,
  order: ignore,
  messageScreened: ignore,
  sellerReported: ignore,
  sellerReportDropped: ignore,
  heartsGiven: ignore,
};
