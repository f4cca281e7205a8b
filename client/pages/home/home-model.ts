import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { fetchRooms, type ListedRoom } from './rooms.ts';

export type ListState =
  | { kind: 'loading' }
  /** None was ever had. */
  | { kind: 'failed' }
  | { kind: 'rooms'; rooms: ListedRoom[]; isStale: boolean };

export type HomeModel = {
  list: ReadonlySignal<ListState>;
  /** The server's time, once a second while the page shows. */
  nowMs: ReadonlySignal<number>;
  refresh(): Promise<void>;
};

const EVERY_MS = 10_000;
const TICK_MS = 1_000;

/** The list, asked for anew while the page is looked at. What is there stays until something newer is. */
export function createHomeModel(): HomeModel {
  const list: Signal<ListState> = signal({ kind: 'loading' });
  const nowMs = signal(Date.now());
  let offsetMs = 0;
  let askedAtMs = 0;
  let asking: Promise<void> | null = null;

  async function ask(): Promise<void> {
    try {
      const answer = await fetchRooms();
      offsetMs = answer.offsetMs;
      nowMs.value = Date.now() + offsetMs;
      list.value = { kind: 'rooms', rooms: answer.rooms, isStale: false };
    } catch {
      const before = list.value;
      list.value = before.kind === 'rooms' ? { ...before, isStale: true } : { kind: 'failed' };
    }
  }
  function refresh(): Promise<void> {
    askedAtMs = performance.now();
    asking ??= ask().finally(() => {
      asking = null;
    });
    return asking;
  }
  setInterval(() => {
    if (document.hidden) return;
    nowMs.value = Date.now() + offsetMs;
    if (performance.now() - askedAtMs >= EVERY_MS) void refresh();
  }, TICK_MS);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void refresh();
  });
  window.addEventListener('online', () => void refresh());
  void refresh();
  return { list, nowMs, refresh };
}
