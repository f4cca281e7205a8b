import type { Product } from '../../shared/plays/shelf/contract.ts';
import { OWN_CHECKOUT } from '../plays/room/room.rules.ts';
import type { RoomStore } from '../plays/room/room.store.ts';
import type { ShelfStore } from '../plays/shelf/shelf.store.ts';
import { fingerprint } from '../redis/reply.ts';
import { DEMO_HOST, DEMO_ROOM_ID, DEMO_SELLER, SHOW_ACTOR } from './people.ts';

/** Prices in CNY minor units (fen). Pictures are files of the client. */
export const DEMO_PRODUCTS: readonly Product[] = [
  {
    productId: 'linen-shirt',
    title: 'Linen shirt',
    description: 'Washed French linen, relaxed cut, shell buttons. Sizes S to XXL.',
    imageUrl: '/demo/linen-shirt.svg',
    priceMinor: 12_900,
  },
  {
    productId: 'tea-set',
    title: 'Tea set for four',
    description: 'A pot and four cups of white porcelain, fired at 1300 °C. Safe in the dishwasher.',
    imageUrl: '/demo/tea-set.svg',
    priceMinor: 19_900,
  },
  {
    productId: 'ceramic-mug',
    title: 'Ceramic mug',
    description: 'Thrown by hand, 350 ml, each glaze a little different.',
    imageUrl: '/demo/ceramic-mug.svg',
    priceMinor: 5_900,
  },
  {
    productId: 'canvas-tote',
    title: 'Canvas tote',
    description: 'Heavy cotton canvas, an inner pocket, handles long enough for a shoulder.',
    imageUrl: '/demo/canvas-tote.svg',
    priceMinor: 4_900,
  },
];

export type SeedDeps = { rooms: RoomStore; shelf: ShelfStore; serverNowMs: () => number };

/**
 * Makes the demo room if there is none, and leaves one that exists as people have changed it.
 * The room comes last: where it exists, its products have been there.
 */
export async function seedDemo({ rooms, shelf, serverNowMs }: SeedDeps): Promise<void> {
  if (await rooms.exists(DEMO_ROOM_ID)) return;
  for (const product of DEMO_PRODUCTS) {
    const op = {
      actor: SHOW_ACTOR,
      opId: `seed-${product.productId}`,
      fingerprint: fingerprint('shelf:save-product', { product }),
    };
    const saved = await shelf.save(DEMO_ROOM_ID, op, product);
    if (!saved.ok) throw new Error(`the demo's ${product.productId} was refused: ${saved.code}`);
  }
  // ROOM_EXISTS: another node was quicker, with the same room.
  await rooms.create(
    {
      roomId: DEMO_ROOM_ID,
      title: 'Linen House',
      hostName: DEMO_HOST.name,
      sellerContact: DEMO_SELLER,
      currency: 'CNY',
      timeZone: 'Asia/Shanghai',
      checkoutUrl: `${OWN_CHECKOUT}ref={ref}`,
      demo: true,
      ...{ simulated: 0, startsAtMs: null, replayUrl: null },
      createdAtMs: serverNowMs(),
    },
    SHOW_ACTOR,
  );
}
