import type { Frame } from '../../../shared/kernel/ack.ts';
import type { ChatSnapshot } from '../../../shared/plays/chat/contract.ts';
import type { FlashSale, FlashSaleSnapshot } from '../../../shared/plays/flash-sale/contract.ts';
import type { LotterySnapshot } from '../../../shared/plays/lottery/contract.ts';
import type { Draw } from '../../../shared/plays/lottery/draw.ts';
import type { Joined, RoomSnapshot } from '../../../shared/plays/room/contract.ts';
import type { ShelfSnapshot } from '../../../shared/plays/shelf/contract.ts';

type Message = ChatSnapshot['messages'][number];
/** What people in the room react to. */
export type Happening =
  | { what: 'sale-open'; sale: FlashSale }
  | { what: 'stock'; sale: FlashSale; wasAvailable: number }
  | { what: 'sale-soon'; sale: FlashSale }
  | { what: 'draw-open'; draw: Draw }
  | { what: 'draw-over'; draw: Draw }
  | { what: 'live' }
  | { what: 'host-said'; message: Message };

type Snapshots = {
  room: RoomSnapshot;
  shelf: ShelfSnapshot;
  'flash-sale': FlashSaleSnapshot;
  lottery: LotterySnapshot;
};

/** The room as everybody sees it, as far as an audience cares. Public events only. */
export class Picture {
  readonly sales = new Map<string, FlashSale>();
  readonly draws = new Map<string, Draw>();
  readonly #titles = new Map<string, string>();
  hostName = '';
  isLive = false;
  #featuredId: string | null = null;
  #seq = 0;
  readonly #onHappening: (happening: Happening) => void;

  constructor(onHappening: (happening: Happening) => void) {
    this.#onHappening = onHappening;
  }

  /** The product that is being shown; else one that is on sale, else any. */
  get product(): string | undefined {
    const open = [...this.sales.values()].find(({ phase }) => phase === 'open' || phase === 'scheduled');
    return this.#titles.get(this.#featuredId ?? '') ?? open?.title ?? this.#titles.values().next().value;
  }

  /** The state of a room that was just joined. What is open already is news, to those who come in. */
  begin({ seq, session, snapshot }: Joined): void {
    const plays = snapshot as unknown as Snapshots;
    this.#seq = seq;
    this.isLive = session !== null;
    this.hostName = plays.room.room.hostName;
    this.#featuredId = plays.shelf.featuredProductId;
    this.#titles.clear();
    for (const { productId, title } of plays.shelf.products) this.#titles.set(productId, title);
    const known = new Set([...this.sales.keys()].filter((id) => this.sales.get(id)?.phase === 'open'));
    const drawsKnown = new Set([...this.draws.keys()].filter((id) => this.draws.get(id)?.phase === 'open'));
    this.sales.clear();
    this.draws.clear();
    for (const sale of plays['flash-sale'].sales) this.sales.set(sale.saleId, sale);
    for (const draw of plays.lottery.draws) this.draws.set(draw.drawId, draw);
    for (const sale of this.sales.values())
      if (sale.phase === 'open' && !known.has(sale.saleId)) this.#onHappening({ what: 'sale-open', sale });
    for (const draw of this.draws.values())
      if (draw.phase === 'open' && !drawsKnown.has(draw.drawId))
        this.#onHappening({ what: 'draw-open', draw });
  }

  /** False: something was missed, the state has to be asked for again. */
  take({ fromSeq, toSeq, events, reset }: Frame): boolean {
    if (reset || fromSeq > this.#seq + 1) return false;
    for (const event of events) if (event.seq > this.#seq) this.#event(event.name, event.data);
    this.#seq = Math.max(this.#seq, toSeq);
    return true;
  }

  #event(name: string, data: unknown): void {
    const { saleId = '' } = data as { saleId?: string };
    const sale = this.sales.get(saleId);
    switch (name) {
      case 'room:session-started':
        this.isLive = true;
        this.#onHappening({ what: 'live' });
        return;
      case 'room:session-ended':
        this.isLive = false;
        return;
      case 'shelf:product-featured':
        this.#featuredId = (data as { productId: string | null }).productId;
        return;
      case 'shelf:product-saved': {
        const { product } = data as { product: { productId: string; title: string } };
        this.#titles.set(product.productId, product.title);
        return;
      }
      case 'flash-sale:scheduled': {
        const scheduled = (data as { sale: FlashSale }).sale;
        this.sales.set(scheduled.saleId, scheduled);
        this.#onHappening({ what: 'sale-soon', sale: scheduled });
        return;
      }
      case 'flash-sale:opened':
        if (!sale) return;
        Object.assign(sale, data, { phase: 'open' });
        this.#onHappening({ what: 'sale-open', sale });
        return;
      case 'flash-sale:paused':
      case 'flash-sale:resumed':
      case 'flash-sale:closed':
        if (sale) sale.phase = PHASES[name];
        return;
      case 'flash-sale:stock-changed': {
        if (!sale) return;
        const wasAvailable = sale.available;
        Object.assign(sale, data);
        this.#onHappening({ what: 'stock', sale, wasAvailable });
        return;
      }
      case 'lottery:changed': {
        const { draw } = data as { draw: Draw };
        const before = this.draws.get(draw.drawId)?.phase;
        this.draws.set(draw.drawId, draw);
        if (draw.phase === before) return;
        if (draw.phase === 'open') this.#onHappening({ what: 'draw-open', draw });
        if (draw.phase === 'revealed') this.#onHappening({ what: 'draw-over', draw });
        return;
      }
      case 'chat:said': {
        const message = data as Message;
        if (message.role === 'host') this.#onHappening({ what: 'host-said', message });
      }
    }
  }
}

const PHASES = {
  'flash-sale:paused': 'paused',
  'flash-sale:resumed': 'open',
  'flash-sale:closed': 'ended',
} as const;
