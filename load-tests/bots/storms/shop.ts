import type { AnyEvent } from '../../../shared/protocol.ts';
import { type Random, seeded } from '../../kit/random.ts';
import { sleep } from '../../kit/wait.ts';
import { BusyMeter } from '../busy.ts';
import { count } from '../crowd.ts';
import { phraseSource } from '../phrases.ts';
import type { ShopGrab, ShopParams, ShopResult } from './methods.ts';
import type { SdkViewer } from './sdk-viewer.ts';

/** From seeing that a sale opened to the tap. */
const TAP_WITHIN_MS = 400;
/** Every n-th viewer remembers the last stock it was told. */
const SAMPLE_EVERY = 20;

type Sale = { saleId: string; phase: string };
type Stock = { saleId: string; total: number; available: number; held: number; sold: number };

const stockText = ({ saleId, total, available, held, sold }: Stock): string =>
  JSON.stringify({ saleId, total, available, held, sold });

/**
 * What viewers do through the SDK: they chat, and everybody taps once for each sale that opens. All trying again, with the
 * same opId, on whatever node, is the SDK's; what is noted here is what the page would show.
 */
export class Shop {
  readonly #viewers: readonly SdkViewer[];
  readonly #grabs: ShopGrab[] = [];
  readonly #grabbed = new Map<SdkViewer, Set<string>>();
  readonly #chat: Record<string, number> = {};
  readonly #chatLatenciesMs: number[] = [];
  readonly #badReceipts: Record<string, number> = {};
  readonly #lastStock: Map<SdkViewer, Map<string, string>>;
  readonly #random: Random;
  readonly #params: ShopParams;
  readonly #offs: (() => void)[] = [];
  readonly #meter = new BusyMeter();
  #underWay = 0;
  #isOpen = true;

  constructor(viewers: readonly SdkViewer[], params: ShopParams) {
    this.#viewers = viewers;
    this.#params = params;
    this.#random = seeded(params.seed);
    this.#lastStock = new Map(
      viewers.filter((_, n) => n % SAMPLE_EVERY === 0).map((viewer) => [viewer, new Map()]),
    );
    for (const viewer of viewers) this.#follow(viewer);
    void this.#talk();
  }

  #follow(viewer: SdkViewer): void {
    const { client } = viewer;
    this.#grabbed.set(viewer, new Set());
    this.#offs.push(
      client.on('events', ({ events }) => {
        for (const event of events) this.#heard(viewer, event);
      }),
      client.on('snapshot', ({ snapshot }) => {
        for (const sale of snapshot['flash-sale'].sales) {
          this.#sees(viewer, sale);
          this.#stock(viewer, sale);
        }
      }),
      client.on('receipt', ({ check }) => {
        if (check?.ok === false) count(this.#badReceipts, check.why);
      }),
    );
  }

  #heard(viewer: SdkViewer, { name, data }: AnyEvent): void {
    if (name === 'flash-sale:opened') this.#sees(viewer, { saleId: data.saleId, phase: 'open' });
    else if (name === 'flash-sale:stock-changed') this.#stock(viewer, data);
  }

  #stock(viewer: SdkViewer, stock: Stock): void {
    this.#lastStock.get(viewer)?.set(stock.saleId, stockText(stock));
  }

  #sees(viewer: SdkViewer, { saleId, phase }: Sale): void {
    const grabbed = this.#grabbed.get(viewer);
    if (phase !== 'open' || !grabbed || grabbed.has(saleId)) return;
    grabbed.add(saleId);
    void this.#begun(async () => {
      await sleep(this.#random.between(0, TAP_WITHIN_MS));
      const tappedAtMs = performance.now();
      const ack = await viewer.client.grab({ saleId, quantity: 1 });
      const receipt = ack.ok ? ack.data.receipt : ack.error.receipt;
      this.#grabs.push({
        ...{ saleId, userId: viewer.userId, opId: receipt?.opId ?? '', quantity: 1 },
        code: ack.ok ? 'OK' : ack.error.code,
        orderId: ack.ok ? ack.data.order.orderId : null,
        latencyMs: performance.now() - tappedAtMs,
      });
    });
  }

  async #begun(work: () => Promise<void>): Promise<void> {
    this.#underWay += 1;
    try {
      await work();
    } finally {
      this.#underWay -= 1;
    }
  }

  /** Viewers speak in turn, whether or not they are connected right now. */
  async #talk(): Promise<void> {
    const everyMs = 1000 / this.#params.chatPerSecond;
    const phrase = phraseSource(this.#params.seed);
    const startedAtMs = performance.now();
    for (let n = 0; this.#isOpen; n += 1) {
      const waitMs = startedAtMs + n * everyMs - performance.now();
      if (waitMs > 0) await sleep(waitMs);
      const viewer = this.#viewers[n % this.#viewers.length];
      if (!viewer || !this.#isOpen) return;
      void this.#begun(async () => {
        const saidAtMs = performance.now();
        const ack = await viewer.client.call('chat:say', {
          text: `${n} ${phrase()}`,
          mentions: [],
          replyToMessageId: null,
        });
        count(this.#chat, ack.ok ? 'OK' : ack.error.code);
        this.#chatLatenciesMs.push(performance.now() - saidAtMs);
      });
    }
  }

  /** No more is said; what was begun is seen to its end. */
  async close(timeoutMs: number): Promise<ShopResult> {
    const busyShare = this.#meter.share();
    this.#isOpen = false;
    const deadlineMs = performance.now() + timeoutMs;
    while (this.#underWay > 0 && performance.now() < deadlineMs) await sleep(20);
    for (const off of this.#offs) off();
    const closed: Record<string, number> = {};
    for (const { closedReason } of this.#viewers) if (closedReason !== null) count(closed, closedReason);
    if (this.#underWay > 0) count(this.#chat, 'NO_ANSWER', this.#underWay);
    return {
      grabs: this.#grabs,
      chat: this.#chat,
      chatLatenciesMs: this.#chatLatenciesMs,
      badReceipts: this.#badReceipts,
      lastStock: this.#stocksHeard(),
      sampled: this.#lastStock.size,
      reconnects: this.#viewers.map(({ reconnects }) => reconnects),
      longestGoneMs: this.#viewers.map(({ longestGoneMs }) => longestGoneMs),
      closed,
      busyShare,
    };
  }

  #stocksHeard(): ShopResult['lastStock'] {
    const heard: ShopResult['lastStock'] = {};
    for (const stocks of this.#lastStock.values()) {
      for (const [saleId, text] of stocks) {
        heard[saleId] ??= {};
        count(heard[saleId], text);
      }
    }
    return heard;
  }
}
