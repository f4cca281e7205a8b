import { describe, expect, it } from 'vitest';
import { Floods, HOLD_RATE, PAUSE_MS, RoomFlood, STOPS_MAX, STOPS_WINDOW_MS } from './filter-floods.ts';

describe('a flood', () => {
  it('[MO79] pauses who was stopped five times in a minute, for half a minute', () => {
    const flood = new RoomFlood(0);
    for (let i = 1; i < STOPS_MAX; i += 1) flood.stopped('ana', i % 2 ? 'blocked' : 'held', i);
    expect(flood.pausedFor('ana', 10)).toBe(0);
    flood.stopped('ana', 'blocked', 10);
    expect(flood.pausedFor('ana', 10)).toBe(PAUSE_MS);
    expect(flood.pausedFor('ana', PAUSE_MS + 9)).toBe(1);
    expect(flood.pausedFor('ana', PAUSE_MS + 10)).toBe(0);
    expect(flood.pausedFor('bo', 10)).toBe(0);
  });

  it('[MO79] forgets stops after a minute', () => {
    const flood = new RoomFlood(0);
    for (let i = 0; i < 4 * STOPS_MAX; i += 1) {
      const atMs = i * (STOPS_WINDOW_MS / (STOPS_MAX - 1) + 1);
      flood.stopped('ana', 'blocked', atMs);
      expect(flood.pausedFor('ana', atMs)).toBe(0);
    }
  });

  it('[MO79] puts no more than a burst and then 20 a second into the queue', () => {
    const flood = new RoomFlood(0);
    for (let i = 0; i < HOLD_RATE.burst; i += 1) expect(flood.takeHold(0)).toBe(0);
    expect(flood.takeHold(0)).toBe(50);
    expect(flood.takeHold(50)).toBe(0);
  });

  it('[MO80] counts what was stopped in the last ten seconds, and whom', () => {
    const flood = new RoomFlood(0);
    flood.stopped('ana', 'blocked', 1000);
    flood.stopped('ana', 'held', 5000);
    flood.stopped('bo', 'blocked', 9000);
    expect(flood.figures(9500)).toEqual({ blocked: 2, held: 1, users: 2 });
    expect(flood.figures(11_500)).toEqual({ blocked: 1, held: 1, users: 2 });
    expect(flood.figures(15_500)).toEqual({ blocked: 1, held: 0, users: 1 });
    expect(flood.figures(19_500)).toEqual({ blocked: 0, held: 0, users: 0 });
  });

  it('[MO80] remembers nothing of a room that has been quiet', () => {
    let nowMs = 0;
    const floods = new Floods({ nowMs: () => nowMs, monotonicMs: () => nowMs });
    const flood = floods.of('r');
    flood.stopped('ana', 'blocked', nowMs);
    expect(floods.rooms()).toHaveLength(1);
    nowMs = STOPS_WINDOW_MS + 1;
    flood.figures(nowMs);
    flood.told = true;
    expect(floods.rooms()).toEqual([]);
    expect(floods.find('r')).toBeUndefined();
  });
});
