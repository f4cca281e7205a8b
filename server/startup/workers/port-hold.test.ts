import { once } from 'node:events';
import { type AddressInfo, createServer, type ListenOptions, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { PortHold } from './port-hold.ts';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

async function listen(options: ListenOptions): Promise<Server> {
  const server = createServer((socket) => socket.destroy()).listen({ ...options, host: '127.0.0.1' });
  opened.push(server);
  await once(server, 'listening');
  return server;
}

function hold(port: number, mayShare = true): PortHold {
  const made = new PortHold({ host: '127.0.0.1', port, mayShare });
  opened.push(made);
  return made;
}

const shares = process.platform === 'linux';

describe('[ST12] the right to a port', () => {
  it('[ST12] is refused where anything listens, also what would share it', async () => {
    for (const options of [{ port: 0 }, ...(shares ? [{ port: 0, reusePort: true }] : [])]) {
      const { port } = (await listen(options)).address() as AddressInfo;
      await expect(hold(port).take()).rejects.toMatchObject({ code: 'EADDRINUSE', syscall: 'listen' });
      await expect(hold(port, false).take()).rejects.toMatchObject({ code: 'EADDRINUSE' });
    }
  });

  it.runIf(shares)('[ST12] is kept while no worker listens, and given to those that share it', async () => {
    const mine = hold(0);
    await mine.take();
    expect(mine.sharing).toBe('by-kernel');
    expect(mine.listen).toEqual({ host: '127.0.0.1', port: mine.port, reusePort: true });
    await expect(listen({ port: mine.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    const early = await fetch(`http://127.0.0.1:${mine.port}/readyz`);
    expect([early.status, early.headers.get('retry-after')]).toEqual([503, '1']);

    const worker = await listen(mine.listen);
    await mine.give();
    await expect(listen({ port: mine.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    worker.close();
    await mine.take();
    await expect(listen({ port: mine.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await mine.close();
    await listen({ port: mine.port });
  });

  it('[ST12] where it cannot be shared, workers listen through the primary, on the port that was free', async () => {
    const mine = hold(0, false);
    await mine.take();
    expect(mine.sharing).toBe('by-primary');
    expect(mine.listen).toEqual({ host: '127.0.0.1', port: mine.port });
    expect(mine.port).toBeGreaterThan(0);
    await listen({ port: mine.port });
  });
});
