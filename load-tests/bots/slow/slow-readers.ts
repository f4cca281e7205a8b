import { sleep } from '../../kit/wait.ts';
import type { RawClient } from '../../wire/raw-client.ts';
import type { Act, Crowd } from '../crowd.ts';
import type { SlowParams, SlowResult } from '../methods.ts';
import { ChatView, type Frame, type Joined, type Resumed } from './chat-view.ts';

type Answer<T> = [{ ok: true; data: T } | { ok: false; error: { code: string; retryAfterMs?: number } }];
type Asked = 'join' | 'resume' | 'unread';
type Reader = {
  view: ChatView;
  client: RawClient;
  asked: Map<number, Asked>;
  askedAtMs: number;
  gone: boolean;
};

const FRAME = Buffer.from('42["kernel:frame"');
/** A node that is asked by all at once has no time for others: that would be another test. */
const QUESTION_EVERY_MS = 20;
/** So many events are answered one by one, not as a snapshot. */
const EVENTS_ASKED_FOR = 950;
const RETRY_MS = 500;
/** A node reads nothing of a client that does not read: a question then has no answer. */
const UNANSWERED_MS = 3000;

/**
 * Readers that stop and go on, and keep the room's state as a client does. The first of the crowd never stops: the
 * others must end where it is.
 */
export class SlowReaders implements Act {
  readonly #readers: Reader[];
  readonly #roomId: string;
  #surprises: Record<string, number> = {};
  #resumes = 0;

  constructor(crowd: Crowd, roomId: string) {
    this.#roomId = roomId;
    this.#readers = crowd.clients.map((client) => ({
      ...{ client, view: new ChatView(), asked: new Map<number, Asked>(), askedAtMs: 0, gone: false },
    }));
    for (const [index, { client }] of this.#readers.entries()) this.#byClient.set(client, index);
    crowd.perform(this);
  }

  readonly #byClient = new Map<RawClient, number>();

  async do({ action, timeoutMs }: SlowParams): Promise<SlowResult> {
    const [reference, ...others] = this.#readers;
    const startedAtMs = performance.now();
    const gapsBefore = others.reduce((sum, { view }) => sum + view.gaps, 0);
    this.#resumes = 0;
    this.#surprises = {};
    switch (action) {
      case 'watch':
        for (const reader of this.#readers) this.#ask(reader, 'join');
        break;
      case 'stall':
        for (const { client } of others) client.pause();
        return this.#result(startedAtMs, gapsBefore);
      case 'askForMuch':
        await this.#askForMuch(others);
        return this.#result(startedAtMs, gapsBefore);
      case 'readOn':
        for (const { client } of others) client.resume();
        break;
    }
    const settled = ({ view, gone }: Reader) =>
      gone || (!view.behind && view.state === reference?.view.state);
    while (!this.#readers.every(settled) || this.#readers.some(({ view, gone }) => !gone && view.seq === 0)) {
      if (performance.now() - startedAtMs > timeoutMs) break;
      await sleep(20);
      for (const reader of this.#readers) {
        const { view, askedAtMs } = reader;
        if (view.behind && performance.now() - askedAtMs > UNANSWERED_MS) this.#ask(reader, 'resume');
      }
    }
    return this.#result(startedAtMs, gapsBefore);
  }

  #result(startedAtMs: number, gapsBefore: number): SlowResult {
    const [reference, ...others] = this.#readers;
    const here = others.filter(({ gone }) => !gone);
    return {
      readers: others.length,
      gone: others.length - here.length,
      same: here.filter(({ view }) => view.state === reference?.view.state).length,
      gaps: others.reduce((sum, { view }) => sum + view.gaps, 0) - gapsBefore,
      resumes: this.#resumes,
      surprises: this.#surprises,
      durationMs: performance.now() - startedAtMs,
    };
  }

  /** Answers that nobody reads: they fill the kernel's megabytes, so that what the room says next waits in the server. */
  async #askForMuch(readers: readonly Reader[]): Promise<void> {
    for (const { asked, client, gone, view } of readers) {
      if (gone) continue;
      const afterSeq = Math.max(1, view.seq - EVENTS_ASKED_FOR);
      asked.set(client.send('room:resume', { roomId: this.#roomId, afterSeq }), 'unread');
      asked.set(client.send('room:join', { roomId: this.#roomId }), 'unread');
      await sleep(QUESTION_EVERY_MS);
    }
  }

  #ask(reader: Reader, what: 'join' | 'resume'): void {
    if (reader.gone) return;
    const { client, view } = reader;
    const id =
      what === 'join'
        ? client.send('room:join', { roomId: this.#roomId })
        : client.send('room:resume', { roomId: this.#roomId, afterSeq: view.seq });
    if (what === 'resume') this.#resumes += 1;
    reader.askedAtMs = performance.now();
    reader.asked.set(id, what);
  }

  #readerOf(client: RawClient): Reader | undefined {
    return this.#readers[this.#byClient.get(client) ?? -1];
  }

  event(client: RawClient, buffer: Buffer, start: number, end: number): void {
    const reader = this.#readerOf(client);
    if (!reader || buffer.compare(FRAME, 0, FRAME.length, start, Math.min(end, start + FRAME.length)) !== 0)
      return;
    const [, frame] = JSON.parse(buffer.toString('utf8', start + 2, end)) as [string, Frame];
    if (reader.view.seq > 0 && reader.view.frame(frame)) this.#ask(reader, 'resume');
  }

  ack(client: RawClient, id: number, buffer: Buffer, jsonStart: number, end: number): void {
    const reader = this.#readerOf(client);
    const what = reader?.asked.get(id);
    if (!reader || what === undefined) return;
    reader.asked.delete(id);
    if (what === 'unread') return;
    const [answer] = JSON.parse(buffer.toString('utf8', jsonStart, end)) as Answer<unknown>;
    if (!answer.ok) {
      const { code, retryAfterMs = RETRY_MS } = answer.error;
      // It has asked much on purpose, and is told to wait.
      if (code !== 'RATE_LIMITED') this.#surprises[code] = (this.#surprises[code] ?? 0) + 1;
      setTimeout(() => this.#ask(reader, what), retryAfterMs).unref();
      return;
    }
    if (what === 'join') reader.view.joined(answer.data as Joined);
    else reader.view.resumed(answer.data as Resumed);
    if (reader.view.behind) this.#ask(reader, 'resume');
  }

  closed(client: RawClient): void {
    const reader = this.#readerOf(client);
    if (reader) reader.gone = true;
  }
}
