import type { MediaDeps } from './types.ts';

/** What of a room's traffic concerns transports, for the watcher and the publisher. */
export type RoomSignals = {
  /** The socket is gone, and with it every transport on the server. */
  offline(): void;
  /** A new socket has joined; what was missed has been told. */
  online(): void;
  sessionStarted(): void;
  /** The relay closed transports of this user. */
  closed(transportIds: readonly string[], reason: string): void;
  sourceClosed(consumerIds: readonly string[]): void;
};

export function followRoom(client: MediaDeps['client'], signals: RoomSignals): () => void {
  let wasOnline = client.status().state === 'online';
  let isOver = false;
  const offs = [
    client.on('status', ({ state }) => {
      const isOnline = state === 'online';
      if (isOnline === wasOnline) return;
      wasOnline = isOnline;
      if (!isOnline) signals.offline();
      // The missed events come right after the status: who was replaced meanwhile learns it first.
      else queueMicrotask(() => !isOver && wasOnline && signals.online());
    }),
    client.on('notice', (notice) => {
      if (notice.name === 'media:closed') signals.closed(notice.data.transportIds, notice.data.reason);
      if (notice.name === 'media:source-closed') signals.sourceClosed(notice.data.consumerIds);
    }),
    client.on('snapshot', ({ session }) => {
      if (session !== null) signals.sessionStarted();
    }),
    client.on('events', ({ events }) => {
      if (events.some(({ name }) => name === 'room:session-started')) signals.sessionStarted();
    }),
  ];
  return () => {
    isOver = true;
    for (const off of offs) off();
  };
}
