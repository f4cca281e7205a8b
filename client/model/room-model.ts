import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Role } from '../../shared/kernel/units.ts';
import { type ChatPlay, createChatPlay } from '../plays/chat/model.ts';
import { isEventOf } from '../plays/events.ts';
import { createFanPlay, type FanPlay } from '../plays/fan-badges/model.ts';
import { createFlashSalePlay, type FlashSalePlay } from '../plays/flash-sale/model.ts';
import { createHeartsPlay, type HeartsPlay } from '../plays/hearts/model.ts';
import { createLotteryPlay, type LotteryPlay } from '../plays/lottery/model.ts';
import { createMediaPlay, type MediaPlay } from '../plays/media/model.ts';
import { type ConductPlay, createConductPlay } from '../plays/moderation/model.ts';
import { createOrderPlay, type OrderPlay } from '../plays/order/model.ts';
import { createReceiptStore, type ReceiptStore } from '../plays/order/receipt-store.ts';
import { createRoomPlay, type RoomPlay } from '../plays/room/model.ts';
import { createShelfPlay, type ShelfPlay } from '../plays/shelf/model.ts';
import { connect, type LivestallClient } from '../sdk/client.ts';
import type { ConnectionStatus, You } from '../sdk/types.ts';
import { deviceName } from './device.ts';
import { safeStorage } from './page.ts';
import type { SignIn } from './sign-in.ts';

export type Appointed = { role: Role };

/** Everything that a page of one room shows and does, as signals. */
export type RoomModel = {
  client: LivestallClient;
  signIn: SignIn;
  status: Signal<ConnectionStatus>;
  /** Null until joined. */
  you: Signal<You | null>;
  role: ReadonlySignal<Role>;
  /** Your role changed while you are here; null once that was read. */
  appointed: Signal<Appointed | null>;
  isOnline: ReadonlySignal<boolean>;
  /** The server's time, ticking four times a second while the page shows. */
  nowMs: Signal<number>;
  room: RoomPlay;
  shelf: ShelfPlay;
  chat: ChatPlay;
  sales: FlashSalePlay;
  orders: OrderPlay;
  receipts: ReceiptStore;
  lottery: LotteryPlay;
  fans: FanPlay;
  conduct: ConductPlay;
  media: MediaPlay;
  hearts: HeartsPlay;
};

/** `inviterId`: who sent the link that the page was opened with. */
type Options = { inviterId?: string | null };

const TICK_MS = 250;

export async function createRoomModel(
  roomId: string,
  signIn: SignIn,
  options: Options = {},
): Promise<RoomModel> {
  const checked = import.meta.env.DEV
    ? { validate: (await import('../sdk/validate.ts')).validateWithContracts }
    : {};
  const client = connect({
    ...{ url: location.origin, roomId, getToken: signIn.getToken },
    device: deviceName(safeStorage('localStorage')),
    ...checked,
  });
  const status = signal(client.status());
  const you = signal<You | null>(null);
  const nowMs = signal(client.serverNow());
  const appointed = signal<Appointed | null>(null);

  client.on('status', (next) => {
    status.value = next;
  });
  client.on('snapshot', (joined) => {
    you.value = joined.you;
    nowMs.value = client.serverNow();
  });
  client.on('you', (next) => {
    you.value = next;
  });
  client.on('events', ({ events }) => {
    for (const event of events) {
      const before = you.value;
      if (before === null || !isEventOf('room', event) || event.name !== 'room:role-changed') continue;
      const { userId, role } = event.data;
      if (userId !== before.userId || role === before.role) continue;
      you.value = { ...before, role };
      appointed.value = { role };
    }
  });
  const orders = createOrderPlay(client);
  const receipts = createReceiptStore(client, safeStorage('localStorage'));
  const sales = createFlashSalePlay(client, { onHeld: orders.take });
  orders.onChange((before, now) => {
    sales.orderChanged(before, now);
    // Whether its units went back on sale, and you may have another, only the server knows.
    if (now.state === 'CANCELLED' || now.state === 'REFUNDED') client.resync();
  });
  followPage(client, {
    tick() {
      nowMs.value = client.serverNow();
    },
    onReturn: orders.refresh,
  });

  return {
    client,
    signIn,
    status,
    you,
    role: computed(() => you.value?.role ?? 'guest'),
    appointed,
    isOnline: computed(() => status.value.state === 'online'),
    nowMs,
    room: createRoomPlay(client),
    shelf: createShelfPlay(client),
    chat: createChatPlay(client),
    sales,
    orders,
    receipts,
    lottery: createLotteryPlay(client),
    fans: createFanPlay(client, options),
    conduct: createConductPlay(client),
    media: createMediaPlay(client),
    hearts: createHeartsPlay(client),
  };
}

/** Ticks while the page is visible; wakes the client when it comes back or the network does. */
function followPage(client: LivestallClient, { tick, onReturn }: { tick(): void; onReturn(): void }): void {
  setInterval(() => {
    if (!document.hidden) tick();
  }, TICK_MS);
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return;
    tick();
    client.wake();
    onReturn();
  });
  window.addEventListener('online', () => client.wake());
  window.addEventListener('pagehide', (event) => {
    if (!event.persisted) client.close();
  });
}
