import { monotonicMs, sleep } from '../../kit/wait.ts';
import { countIn } from '../../wire/packets.ts';
import type { RawClient } from '../../wire/raw-client.ts';
import { BusyMeter } from '../busy.ts';
import { type Act, type Crowd, count, isOk, refusalCode } from '../crowd.ts';
import type { ClosedResult, RaidParams, RaidResult } from '../methods.ts';
import { RAID_MARKER } from './marker.ts';
import { type RaidText, raidTexts } from './raid-texts.ts';

const DRAIN_MS = 15_000;
const PAUSE_MS = 5;

type Said = { kind: RaidText['kind']; atMs: number };
const keyOf = (client: RawClient, id: number): string => `${client.index} ${id}`;

/** Raiders write in turn, at a steady total rate, whatever they are answered; and watch whether it is shown. */
export class Raid implements Act {
  readonly gone: ClosedResult = [];
  readonly #crowd: Crowd;
  readonly #params: RaidParams;
  readonly #marker = Buffer.from(RAID_MARKER);
  readonly #away = new Set<RawClient>();
  readonly #awaited = new Map<string, Said>();
  readonly #sent = { slurs: 0, links: 0 };
  readonly #answers = { slur: {} as Record<string, number>, link: {} as Record<string, number> };
  readonly #latenciesMs: number[] = [];
  #shown = 0;

  constructor(crowd: Crowd, params: RaidParams) {
    this.#crowd = crowd;
    this.#params = params;
  }

  event(_client: RawClient, buffer: Buffer, start: number, end: number): void {
    this.#shown += countIn(buffer, start, end, this.#marker);
  }

  ack(client: RawClient, id: number, buffer: Buffer, jsonStart: number, end: number): void {
    const said = this.#awaited.get(keyOf(client, id));
    if (!said) return;
    this.#awaited.delete(keyOf(client, id));
    this.#latenciesMs.push(monotonicMs() - said.atMs);
    const code = isOk(buffer, jsonStart, end) ? 'OK' : refusalCode(buffer, jsonStart, end);
    count(this.#answers[said.kind], code);
  }

  closed(client: RawClient, reason: string): void {
    this.#away.add(client);
    this.gone.push({ userId: client.userId, atMs: monotonicMs(), reason });
    // Nobody will answer what was on its way.
    for (const key of this.#awaited.keys()) {
      if (key.startsWith(`${client.index} `)) this.#awaited.delete(key);
    }
  }

  async run(live: (text: string) => void): Promise<RaidResult> {
    this.#crowd.perform(this);
    const meter = new BusyMeter();
    const sendingMs = await this.#rage(live);
    const untilMs = performance.now() + DRAIN_MS;
    while (this.#awaited.size > 0 && performance.now() < untilMs) await sleep(PAUSE_MS);
    return {
      ...{ sent: this.#sent, slurs: this.#answers.slur, links: this.#answers.link },
      ...{ unanswered: this.#awaited.size, shown: this.#shown, latenciesMs: this.#latenciesMs },
      ...{ sendingMs, busyShare: meter.share() },
    };
  }

  /** By the plan's clock: what is late is made up for. */
  async #rage(live: (text: string) => void): Promise<number> {
    const { messagesPerSecond, seconds, seed } = this.#params;
    const next = raidTexts(seed, RAID_MARKER);
    const messages = Math.round(messagesPerSecond * seconds);
    const startedAtMs = performance.now();
    for (let n = 0; n < messages; ) {
      const due = Math.min(
        messages,
        Math.ceil((performance.now() - startedAtMs) * (messagesPerSecond / 1000)),
      );
      for (; n < due; n += 1) this.#post(n, next());
      live(`the raid: ${n} of ${messages}`);
      await sleep(PAUSE_MS);
    }
    const leftMs = startedAtMs + seconds * 1000 - performance.now();
    if (leftMs > 0) await sleep(leftMs);
    return performance.now() - startedAtMs;
  }

  #post(n: number, { kind, text }: RaidText): void {
    const { clients } = this.#crowd;
    const client = clients[n % clients.length];
    if (!client || this.#away.has(client)) return;
    const opId = `raid-${this.#params.raid}-${String(n).padStart(7, '0')}`;
    const id = client.send('chat:say', { opId, text });
    this.#awaited.set(keyOf(client, id), { kind, atMs: monotonicMs() });
    this.#sent[kind === 'slur' ? 'slurs' : 'links'] += 1;
  }
}
