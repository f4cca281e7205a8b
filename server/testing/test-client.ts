import { io, type Socket } from 'socket.io-client';
import type { Ack, Frame, RoomEvent } from '../../shared/kernel/ack.ts';
import {
  type AnyNotice,
  type CommandName,
  type Input,
  type Output,
  PROTOCOL_VERSION,
  WIRE,
} from '../../shared/protocol.ts';

type ConnectError = Error & { data?: { code: string; retryAfterMs?: number } };

/** A bare client: shows every packet as it came. The SDK has its own tests. */
export class TestClient {
  readonly socket: Socket;
  readonly frames: Frame[] = [];
  readonly notices: AnyNotice[] = [];
  readonly closings: { reason: string }[] = [];
  readonly disconnects: string[] = [];

  constructor(url: string, token: string | undefined, extraHeaders: Record<string, string> = {}) {
    this.socket = io(url, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      auth: { v: PROTOCOL_VERSION, ...(token === undefined ? {} : { token }) },
      extraHeaders,
    });
    this.socket.on(WIRE.frame, (frame: Frame) => this.frames.push(frame));
    this.socket.on(WIRE.notice, (notice: AnyNotice) => this.notices.push(notice));
    this.socket.on(WIRE.closing, (closing: { reason: string }) => this.closings.push(closing));
    this.socket.on('disconnect', (reason) => this.disconnects.push(reason));
  }

  /** Resolves when connected; rejects with the server's reason. */
  async connected(): Promise<this> {
    if (this.socket.connected) return this;
    for (;;) {
      const refusal = await new Promise<ConnectError | undefined>((resolve) => {
        this.socket.once('connect', () => resolve(undefined));
        this.socket.once('connect_error', resolve);
      });
      this.socket.off('connect').off('connect_error');
      if (!refusal) return this;
      // A node whose event loop was held up, by this test's machine most of all; as any client it comes again.
      if (refusal.data?.code !== 'BUSY') throw refusal;
      await new Promise((resolve) => setTimeout(resolve, refusal.data?.retryAfterMs));
      this.socket.connect();
    }
  }

  call<N extends CommandName>(name: N, input: Input<N>): Promise<Ack<Output<N>>> {
    return this.raw(name, input) as Promise<Ack<Output<N>>>;
  }

  /** Sends whatever it is given, as a hostile client would. */
  raw(name: string, ...args: unknown[]): Promise<Ack<unknown>> {
    return this.socket.timeout(10_000).emitWithAck(name, ...args) as Promise<Ack<unknown>>;
  }

  /** Calls and expects it to go well. */
  async must<N extends CommandName>(name: N, input: Input<N>): Promise<Output<N>> {
    const reply = await this.call(name, input);
    if (!reply.ok) throw new Error(`${name} was refused: ${JSON.stringify(reply.error)}`);
    return reply.data;
  }

  events(name?: string): RoomEvent[] {
    const all = this.frames.flatMap((frame) => frame.events);
    return name === undefined ? all : all.filter((event) => event.name === name);
  }

  close(): void {
    this.socket.disconnect();
  }
}
