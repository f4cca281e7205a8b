import { WebSocketLine } from './websocket-line.ts';

/** A reader of the C floor: everything that comes is for all. It cannot talk. */
export class FloorLine extends WebSocketLine {
  protected override path(): string {
    return '/';
  }

  protected override upgraded(): void {
    this.subscribed();
  }

  protected override heard(buffer: Buffer, start: number, end: number): void {
    this.handlers.message(this, buffer, start, end);
  }

  protected override say(): void {
    throw new Error('Nobody listens to what is said to the C floor.');
  }
}
