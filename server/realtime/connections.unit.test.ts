import type { Socket } from 'socket.io';
import { describe, expect, it } from 'vitest';
import type { Identity } from '../kernel/context.ts';
import { Connection, type ConnectionDeps } from './connections.ts';

const identity: Identity = {
  ...{ userId: 'ana', name: 'Ana', role: 'viewer', room: '*' },
  ...{ issuedAtMs: 0, expiresAtMs: Number.POSITIVE_INFINITY },
};

function connection(): Connection {
  const socket = { id: 's1', conn: { transport: {} }, join: () => undefined, leave: () => undefined };
  const channel = { add: () => undefined, remove: () => undefined };
  const deps = {
    hub: { open: async () => channel, release: () => undefined },
    presence: { enter: () => undefined, leave: () => undefined },
  };
  return new Connection(
    socket as unknown as Socket,
    identity,
    '192.0.2.1',
    deps as unknown as ConnectionDeps,
  );
}

describe('leaving a room', () => {
  it.each<[string, (it: Connection) => unknown]>([
    ['by leaving', (it) => it.leave()],
    ['by going to another', (it) => it.enter('other')],
    ['by closing', (it) => it.gone()],
  ])('[KN40] is told once, %s', async (_, go) => {
    const ana = connection();
    await ana.enter('room');
    const told: string[] = [];
    ana.onLeave(() => told.push('one'));
    ana.onLeave(() => told.push('two'));
    await ana.enter('room');
    expect(told).toEqual([]);
    await go(ana);
    expect(told).toEqual(['one', 'two']);
    ana.leave();
    ana.gone();
    expect(told).toEqual(['one', 'two']);
  });

  it('[KN40] is told at once where it has happened', async () => {
    const ana = connection();
    await ana.enter('room');
    ana.leave();
    let told = 0;
    ana.onLeave(() => {
      told += 1;
    });
    expect(told).toBe(1);
  });
});
