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
  grabBatch(size: number): void;
  grabAnsweredLocally(): void;
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
  grabBatch: ignore,
  grabAnsweredLocally: ignore,
};
