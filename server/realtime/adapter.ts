import { createShardedAdapter } from '@socket.io/redis-adapter';
import type { Namespace, Server } from 'socket.io';
import type { Log } from '../kernel/log.ts';
import type { RedisClient } from '../redis/client.ts';

type AdapterFactory = NonNullable<Parameters<Server['adapter']>[0]>;
type Hooks = { onMessage(message: unknown): void; onResponse(message: unknown): void };

/**
 * The sharded Redis adapter with its two sharp edges blunted (8.3.0): a publish that fails is logged
 * instead of ending the process as an unhandled rejection, and a malformed message on its channel
 * is dropped instead of throwing inside the subscriber. Static channels: it carries notices, which are rare.
 */
export function createNoticeAdapter(
  publisher: RedisClient,
  subscriber: RedisClient,
  channelPrefix: string,
  log: Log,
): AdapterFactory {
  const quiet = new Proxy(publisher, {
    get(target, property) {
      if (property === 'spublish') {
        return (channel: string, payload: string) =>
          target.spublish(channel, payload).catch((error: Error) => {
            log.warn({ reason: error.message }, 'a notice did not reach the other nodes');
            return 0;
          });
      }
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const create = createShardedAdapter(quiet, subscriber, { channelPrefix, subscriptionMode: 'static' });
  // Socket.IO calls it with `new`; an arrow function would not do.
  return function noticeAdapter(namespace: Namespace) {
    const adapter = create(namespace);
    const hooks = adapter as unknown as Hooks;
    const guard = (name: 'onMessage' | 'onResponse'): void => {
      const inner = hooks[name].bind(adapter);
      hooks[name] = (message) => {
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
