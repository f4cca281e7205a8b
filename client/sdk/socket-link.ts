import { io, type Socket } from 'socket.io-client';
import type { Ack, Frame } from '../../shared/kernel/ack.ts';
import type { Closing } from '../../shared/kernel/errors.ts';
import type { AnyNotice } from '../../shared/protocol.ts';
import type { OpenLink } from './link.ts';
import { WIRE } from './wire.ts';

type Incoming = {
  [WIRE.frame]: (frame: Frame) => void;
  [WIRE.notice]: (notice: AnyNotice) => void;
  [WIRE.closing]: (closing: Closing) => void;
};
type Outgoing = Record<string, (input: unknown, reply: (ack: Ack<unknown>) => void) => void>;

/** Whoever opened it gives up before. */
const OPEN_TIMEOUT_MS = 30_000;

/**
 * Links over Socket.IO, WebSocket only. Reconnecting is not left to the library: its manager neither retries
 * a refused handshake nor asks for a fresh token in the right moment, see `connection.ts`.
 */
export function socketLinks(url: string): OpenLink {
  return (auth, handlers) => {
    const socket: Socket<Incoming, Outgoing> = io(url, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      autoConnect: false,
      timeout: OPEN_TIMEOUT_MS,
      auth,
    });
    let over = false;
    function end(): boolean {
      if (over) return false;
      over = true;
      socket.disconnect();
      return true;
    }
    socket.on('connect', () => handlers.up());
    socket.on('connect_error', (error) => {
      const data = (error as { data?: unknown }).data;
      // A refusal by the server's middleware carries data and ends the socket; a failed transport does not.
      const refused = !socket.active || data !== undefined;
      if (!end()) return;
      if (refused) handlers.refused(codeOf(data), retryAfterOf(data));
      else handlers.down();
    });
    socket.on('disconnect', () => {
      if (end()) handlers.down();
    });
    socket.on(WIRE.frame, handlers.frame);
    socket.on(WIRE.notice, handlers.notice);
    socket.on(WIRE.closing, handlers.closing);
    socket.connect();
    return {
      send: (name, input, reply) => {
        socket.emit(name, input, reply);
      },
      close: () => {
        end();
      },
    };
  };
}

function codeOf(data: unknown): string | null {
  if (typeof data !== 'object' || data === null || !('code' in data)) return null;
  return typeof data.code === 'string' ? data.code : null;
}

function retryAfterOf(data: unknown): number | undefined {
  if (typeof data !== 'object' || data === null || !('retryAfterMs' in data)) return undefined;
  return typeof data.retryAfterMs === 'number' ? data.retryAfterMs : undefined;
}
