import type { AnyNotice } from '../../../../shared/protocol.ts';
import { createEmitter } from '../../emitter.ts';
import type { ClientEvents, ConnectionStatus } from '../../types.ts';
import { createPublisher } from '../publisher.ts';
import { createTestPattern } from '../test-pattern.ts';
import type { MediaDeps } from '../types.ts';
import { createWatcher } from '../watcher.ts';

/** What a browser test drives: the SDK's media, and a client whose commands go to the test. */
type Command = (socket: string, name: string, input: object) => Promise<unknown>;

function createClient(socket: string) {
  const emitter = createEmitter<ClientEvents>();
  let state: ConnectionStatus['state'] = 'online';
  const status = () => ({ state }) as ConnectionStatus;
  const { command } = globalThis as unknown as { command: Command };
  const client: MediaDeps['client'] = {
    on: emitter.on,
    status,
    call: (name, input) => command(socket, name, input as object) as Promise<never>,
  };
  return {
    client,
    notice: (name: string, data: object) => emitter.emit('notice', { name, data } as unknown as AnyNotice),
    setOnline(isOnline: boolean) {
      state = isOnline ? 'online' : 'offline';
      emitter.emit('status', status());
    },
  };
}

const sdk = { createClient, createPublisher, createTestPattern, createWatcher };
export type BrowserSdk = typeof sdk;
(globalThis as unknown as { sdk: BrowserSdk }).sdk = sdk;
