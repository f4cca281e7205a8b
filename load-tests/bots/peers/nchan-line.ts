import { Agent, request } from 'node:http';
import { messageOf } from './message.ts';
import { WebSocketLine } from './websocket-line.ts';

/** Publishers share few connections, as a shop's backend would. */
const agent = new Agent({ keepAlive: true, maxSockets: 4 });

/** A WebSocket subscriber of nchan; what users say is published by HTTP POST. */
export class NchanLine extends WebSocketLine {
  protected override path(): string {
    return `/sub/${this.options.room}`;
  }

  protected override upgraded(): void {
    this.subscribed();
  }

  protected override heard(buffer: Buffer, start: number, end: number): void {
    this.handlers.message(this, buffer, start, end);
  }

  protected override say(id: number, text: string): void {
    const { url, room, userId } = this.options;
    const body = JSON.stringify(messageOf(userId, text));
    const answered = (problem: string | null) => this.handlers.answered(this, id, problem);
    const post = request(
      `${url}/pub/${room}`,
      { method: 'POST', agent, headers: { 'content-length': Buffer.byteLength(body) } },
      (response) => {
        response.resume();
        const { statusCode = 0 } = response;
        response.on('end', () =>
          answered(statusCode >= 200 && statusCode < 300 ? null : `HTTP_${statusCode}`),
        );
      },
    );
    post.on('error', () => answered('NOT_SENT'));
    post.end(body);
  }
}
