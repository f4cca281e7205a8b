import { type ClientHandlers, type ClientOptions, RawClient } from '../../wire/raw-client.ts';

/** The nodes that a balancer sends connections to, right now. */
export type Nodes = { urls: readonly string[] };

export type Dial = {
  readonly connected: Promise<RawClient>;
  close(): void;
};

const NOBODY_LISTENS = /ECONNREFUSED/;

/**
 * One connection through a balancer: to the nodes in turn, and where nobody listens, at once to the next, as proxies do
 * (nginx' `proxy_next_upstream`, HAProxy's `redispatch`). Its client never learns of it.
 *
 * @param first which node of the list is tried first.
 */
export function dial(
  nodes: Nodes,
  first: number,
  options: Omit<ClientOptions, 'url'>,
  handlers: ClientHandlers,
): Dial {
  let client: RawClient | undefined;
  let isClosed = false;
  const connect = async (): Promise<RawClient> => {
    for (let tries = 1; ; tries += 1) {
      const { urls } = nodes;
      const url = urls[(first + tries) % urls.length];
      if (url === undefined) throw new Error('no node is ready');
      client = new RawClient({ ...options, url }, handlers);
      try {
        await client.connected;
        return client;
      } catch (error) {
        const isNext = error instanceof Error && NOBODY_LISTENS.test(error.message) && tries < urls.length;
        if (isClosed || !isNext) throw error;
      }
    }
  };
  const connected = connect();
  connected.catch(() => {});
  return {
    connected,
    close() {
      isClosed = true;
      client?.close();
    },
  };
}
