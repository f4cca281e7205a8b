import { count } from '../crowd.ts';
import type { FloodAct } from '../flood-crowd.ts';
import type { ConnectResult } from '../methods.ts';
import { ColyseusLine } from './colyseus-line.ts';
import { FayeLine } from './faye-line.ts';
import { FloorLine } from './floor-line.ts';
import type { Line, LineHandlers, LineOptions } from './line.ts';
import type { PeerConnectParams, PeerProtocol } from './methods.ts';
import { MqttLine } from './mqtt-line.ts';
import { NchanLine } from './nchan-line.ts';

const SUBSCRIBE_TIMEOUT_MS = 20_000;

const LINES: Record<PeerProtocol, new (options: LineOptions, handlers: LineHandlers) => Line> = {
  floor: FloorLine,
  colyseus: ColyseusLine,
  faye: FayeLine,
  nchan: NchanLine,
  mqtt: MqttLine,
};

/** How Livestall answers: floods read acks of one kind. */
const ackOf = (problem: string | null): Buffer =>
  Buffer.from(
    JSON.stringify([problem === null ? { ok: true, data: {} } : { ok: false, error: { code: problem } }]),
  );
const OK = ackOf(null);
const RESTING: FloodAct = { event: () => {}, ack: () => {} };

/** Subscribers of one peer: what a flood talks through and counts on. */
export class Audience {
  readonly clients: Line[] = [];
  capacity = 0;
  readonly lost: Record<string, number> = {};
  #act = RESTING;

  perform(act: FloodAct): void {
    this.#act = act;
  }

  rest(): void {
    this.#act = RESTING;
  }

  /** Subscribes users; some may fail. */
  async connect({
    protocol,
    url,
    room,
    users,
    concurrency,
  }: Omit<PeerConnectParams, 'crowd'>): Promise<ConnectResult> {
    const startedAtMs = performance.now();
    const failures: Record<string, number> = {};
    this.capacity = users;
    let next = 0;
    const handlers: LineHandlers = {
      message: (line, buffer, start, end) => this.#act.event(line, buffer, start, end),
      answered: (line, id, problem) => {
        const ack = problem === null ? OK : ackOf(problem);
        this.#act.ack(line, id, ack, 0, ack.length);
      },
      closed: (_line, reason) => count(this.lost, reason),
    };
    const worker = async (): Promise<void> => {
      while (next < users) {
        const index = next;
        next += 1;
        const options = { url, room, index, userId: `viewer-${index}`, timeoutMs: SUBSCRIBE_TIMEOUT_MS };
        const line = new LINES[protocol](options, handlers);
        try {
          await line.open();
          this.clients.push(line);
        } catch (error) {
          count(failures, error instanceof Error ? error.message : String(error));
        }
      }
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    return { connected: this.clients.length, durationMs: performance.now() - startedAtMs, failures };
  }
}
