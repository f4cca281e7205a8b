import { createShardedAdapter } from '@socket.io/redis-adapter';
import type { Namespace, Server } from 'socket.io';
import { MessageType } from 'socket.io-adapter';
import type { Log } from '../kernel/log.ts';
import type { RedisClient } from '../redis/client.ts';

type AdapterFactory = NonNullable<Parameters<Server['adapter']>[0]>;
type Hooks = { onMessage(message: unknown): void; onResponse(message: unknown): void };

/**
 * The sharded Redis adapter with its two sharp edges blunted (8.3.0): a publish or subscription that
 * fails is logged instead of ending the process as an unhandled rejection, and a malformed message
 * on its channel is dropped instead of throwing inside the subscriber. Static channels: it carries notices, which are rare.
 */
export function createNoticeAdapter(
  publisher: RedisClient,
  subscriber: RedisClient,
  channelPrefix: string,
  log: Log,
): AdapterFactory {
  const quiet = (client: RedisClient) =>
    withMethods(client, {
      spublish: (channel: string, payload: string) =>
        client.spublish(channel, payload).catch(lost('a notice did not reach the other nodes')),
      ssubscribe: (channel: string) => {
        channels.add(channel);
        return client.ssubscribe(channel).catch(lost('not subscribed to notices yet'));
      },
      sunsubscribe: (names: string | string[]) => {
        const gone = [names].flat();
        for (const name of gone) channels.delete(name);
        return client.sunsubscribe(...gone).catch(() => 0);
      },
    });
  const channels = new Set<string>();
  const lost = (what: string) => (error: Error) => {
    log.warn({ reason: error.message }, what);
    return 0;
  };
  subscriber.on('ready', () => {
    for (const channel of channels)
      subscriber.ssubscribe(channel).catch(lost('not subscribed to notices yet'));
  });
  const create = createShardedAdapter(quiet(publisher), quiet(subscriber), {
    channelPrefix,
    subscriptionMode: 'static',
  });
  // Socket.IO calls it with `new`; an arrow function would not do.
  return function noticeAdapter(namespace: Namespace) {
    const adapter = create(namespace);
    const hooks = adapter as unknown as Hooks;
    const guard = (name: 'onMessage' | 'onResponse'): void => {
      const inner = hooks[name].bind(adapter);
      hooks[name] = (message) => {
        // Notices are all that we send. Others of its messages can disconnect every socket of a node.
        if (!isNotice(message)) {
          log.error('a message that is no notice on the notice channel');
          return;
        }
        try {
          inner(message);
        } catch (error) {
          log.error({ err: error }, 'malformed message on the notice channel');
        }
      };
    };
    guard('onMessage');
    guard('onResponse');
    return adapter;
  } as unknown as AdapterFactory;
}

function isNotice(message: unknown): boolean {
  const { type, data } = (message ?? {}) as { type?: unknown; data?: { opts?: { rooms?: unknown } } };
  const rooms = data?.opts?.rooms;
  return type === MessageType.BROADCAST && Array.isArray(rooms) && rooms.length === 1;
}

/** The same object, with some methods of our own. */
function withMethods<T extends object>(target: T, methods: Readonly<Record<string, unknown>>): T {
  return new Proxy(target, {
    get(object, property) {
      if (typeof property === 'string' && property in methods) return methods[property];
      const value: unknown = Reflect.get(object, property, object);
      return typeof value === 'function' ? value.bind(object) : value;
    },
  });
}
