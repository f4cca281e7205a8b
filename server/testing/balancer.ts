import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export type Balancer = {
  readonly url: string;
  /** The nodes from now on. Connections go to the first that answers. */
  serve(urls: readonly string[]): void;
  close(): Promise<void>;
};

/** What stands in front of nodes in production, as small as a test needs it: TCP, no stickiness. */
export async function startBalancer(urls: readonly string[]): Promise<Balancer> {
  let nodes = urls;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    open.add(client);
    client.on('close', () => open.delete(client));
    client.on('error', () => client.destroy());
    const queue = [...nodes];
    const next = (): void => {
      const url = queue.shift();
      if (url === undefined) {
        client.destroy();
        return;
      }
      const { hostname, port } = new URL(url);
      const upstream = connect(Number(port), hostname);
      upstream.once('connect', () => {
        upstream.removeListener('error', next);
        upstream.on('error', () => client.destroy());
        upstream.on('close', () => client.destroy());
        client.on('close', () => upstream.destroy());
        client.pipe(upstream).pipe(client);
      });
      upstream.once('error', next);
    };
    next();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve: (given) => {
      nodes = given;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
