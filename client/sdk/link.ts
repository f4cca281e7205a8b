import type { Ack, Frame } from '../../shared/kernel/ack.ts';
import type { Closing } from '../../shared/kernel/errors.ts';
import type { AnyNotice, HandshakeAuth } from '../../shared/protocol.ts';

/** One connection, from opening to its end; a new attempt is a new link. */
export type Link = {
  send(name: string, input: unknown, reply: (ack: Ack<unknown>) => void): void;
  /** Quiet: no handler is called after this. */
  close(): void;
};

export type LinkHandlers = {
  up(): void;
  /** The server refused the handshake; `code` is the error's `data.code`. `retryAfterMs`: when it may take it. */
  refused(code: string | null, retryAfterMs?: number): void;
  /** It could not be reached, or the connection is lost. Called once. */
  down(): void;
  frame(frame: Frame): void;
  notice(notice: AnyNotice): void;
  closing(closing: Omit<Closing, 'message'>): void;
};

export type OpenLink = (auth: HandshakeAuth, handlers: LinkHandlers) => Link;
