import { messageOf } from './message.ts';
import { WebSocketLine } from './websocket-line.ts';

/** What only messages have. Inside of what users say, quotes are escaped. */
const DATA = Buffer.from('"data":');

type Reply = { channel: string; clientId?: string; successful?: boolean; id?: string; error?: string };

/** A Bayeux client over WebSocket, as Faye's own: handshake, subscribe, connect, connect again when that ends. */
export class FayeLine extends WebSocketLine {
  #clientId = '';

  protected override path(): string {
    return '/faye';
  }

  protected override upgraded(): void {
    this.#send({
      channel: '/meta/handshake',
      version: '1.0',
      supportedConnectionTypes: ['websocket'],
      id: 'h',
    });
  }

  protected override heard(buffer: Buffer, start: number, end: number): void {
    const data = buffer.indexOf(DATA, start);
    if (data >= 0 && data < end) {
      this.handlers.message(this, buffer, start, end);
      return;
    }
    for (const reply of JSON.parse(buffer.toString('utf8', start, end)) as Reply[]) this.#reply(reply);
  }

  protected override say(id: number, text: string): void {
    const { room, userId } = this.options;
    this.#send({
      channel: `/${room}`,
      clientId: this.#clientId,
      data: messageOf(userId, text),
      id: String(id),
    });
  }

  #send(message: Record<string, unknown>): void {
    this.sendText(JSON.stringify([message]));
  }

  #reply(reply: Reply): void {
    const problem = reply.successful ? null : (reply.error ?? 'refused');
    if (!reply.channel.startsWith('/meta/')) {
      this.handlers.answered(this, Number(reply.id), problem);
      return;
    }
    if (problem !== null) {
      this.fail(`${reply.channel}: ${problem}`);
      return;
    }
    const clientId = reply.clientId ?? this.#clientId;
    const connectAgain = () =>
      this.#send({ channel: '/meta/connect', clientId, connectionType: 'websocket', id: 'c' });
    switch (reply.channel) {
      case '/meta/handshake':
        this.#clientId = clientId;
        this.#send({ channel: '/meta/subscribe', clientId, subscription: `/${this.options.room}`, id: 's' });
        break;
      case '/meta/subscribe':
        connectAgain();
        this.subscribed();
        break;
      case '/meta/connect':
        connectAgain();
        break;
      default:
        break;
    }
  }
}
