import { describe, expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { opId, useHarness } from '../testing/harness.ts';

const harness = useHarness();

describe('what one user is told', () => {
  it('[RT11] reaches all their sockets in the room, on every node, and nobody else', async () => {
    const [one, two] = [await harness.node(), await harness.node()];
    const [roomId, otherRoom] = [await harness.room(one), await harness.room(one)];
    const host = await harness.join(one, roomId, { userId: 'host', role: 'host' });
    const { sale } = await host.must('flash-sale:schedule', {
      opId: opId(),
      productId: 'p1',
      priceMinor: 100,
      stock: 1,
      opensInMs: 0,
      guard: 'none',
    });
    const sockets = [
      await harness.join(one, roomId, { userId: 'ana' }),
      await harness.join(one, roomId, { userId: 'ana' }),
      await harness.join(two, roomId, { userId: 'ana' }),
    ] as const;
    const elsewhere = await harness.join(two, otherRoom, { userId: 'ana' });
    const left = await harness.join(two, roomId, { userId: 'ana' });
    await left.must('room:leave', {});
    const bo = await harness.join(two, roomId, { userId: 'bo' });
    const { order } = await sockets[0].must('flash-sale:grab', {
      opId: opId(),
      saleId: sale.saleId,
      quantity: 1,
    });
    for (const socket of sockets) {
      await eventually(() =>
        expect(socket.notices).toEqual([{ roomId, name: 'order:changed', data: { order } }]),
      );
    }
    for (const socket of [elsewhere, left, bo, host]) expect(socket.notices).toEqual([]);
  });

  it('[RT12] malformed messages on the channel between nodes end no node', async () => {
    const node = await harness.node();
    const roomId = await harness.room(node);
    const { client: redis, masters } = harness.redis;
    const channel = `${node.core.keys.adapterChannel}#/#`;
    // Those that both nodes of this file listen to, also the channels for answers.
    const channels = (
      await Promise.all(masters.map((master) => master.pubsub('SHARDCHANNELS', `${channel}*`)))
    ).flat() as string[];
    expect(channels).toContain(channel);
    expect(channels.length).toBeGreaterThan(1);
    const bodies = [
      undefined,
      null,
      7,
      'x',
      [],
      {},
      { requestId: 'x' },
      { opts: null },
      { opts: 7, packet: null },
    ];
    const messages: (string | Buffer)[] = [
      '',
      '{',
      '{}',
      'null',
      '\u0000',
      Buffer.from([0xc1, 0xff]),
      Buffer.alloc(64, 0x93),
    ];
    for (let type = -1; type <= 14; type += 1) {
      for (const data of bodies) messages.push(JSON.stringify({ uid: 'x', nsp: '/', type, data }));
    }
    for (const name of channels) for (const message of messages) await redis.spublish(name, message);
    const ana = await harness.join(node, roomId, { userId: 'ana' });
    const other = await harness.join(node, roomId, { userId: 'bo' });
    await ana.must('chat:say', { opId: opId(), text: 'still here' });
    await eventually(() => expect(other.events('chat:said')).toHaveLength(1));
  });
});
