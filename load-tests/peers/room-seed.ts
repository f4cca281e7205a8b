import type { Redis } from 'ioredis';

type Fields = Readonly<Record<string, unknown>>;

/** What the plain server's Redis has of a room before the first viewer joins. */
export type RoomSeed = {
  roomId: string;
  /** Fields of the room's hash. */
  room: Fields;
  products: readonly (Fields & { productId: string })[];
  sales: readonly (Fields & { saleId: string; available: number; limitPerBuyer: number })[];
  /** Oldest first. */
  messages: readonly Fields[];
};

/** What this needs of our `room:join` answer. */
type Joined = {
  roomId: string;
  snapshot: {
    room: { room: Fields };
    shelf: { products: RoomSeed['products'] };
    'flash-sale': { sales: RoomSeed['sales'] };
    chat: { messages: readonly Fields[] };
  };
};

/** The same room for the plain server, from what ours answers to `room:join`: both then send about as many bytes. */
export function seedOf({ roomId, snapshot }: Joined): RoomSeed {
  return {
    roomId,
    room: snapshot.room.room,
    products: snapshot.shelf.products,
    sales: snapshot['flash-sale'].sales,
    messages: snapshot.chat.messages,
  };
}

const asHash = (rows: readonly Fields[], key: string): Record<string, string> =>
  Object.fromEntries(rows.map((row) => [String(row[key]), JSON.stringify(row)]));

/** Writes it as the plain server reads it. */
export async function plant(redis: Redis, seed: RoomSeed): Promise<void> {
  const { roomId, room, products, sales, messages } = seed;
  const writes = redis.multi();
  const hash = (key: string, fields: Readonly<Record<string, string>>): void => {
    if (Object.keys(fields).length > 0) writes.hset(key, fields);
  };
  hash(
    `room:${roomId}`,
    Object.fromEntries(Object.entries(room).map(([name, value]) => [name, String(value)])),
  );
  hash(`products:${roomId}`, asHash(products, 'productId'));
  hash(`sales:${roomId}`, asHash(sales, 'saleId'));
  for (const { saleId, available, limitPerBuyer } of sales) {
    hash(`sale:${saleId}`, { available: String(available), limitPerBuyer: String(limitPerBuyer) });
  }
  if (messages.length > 0) {
    writes.lpush(`chat:${roomId}`, ...messages.map((message) => JSON.stringify(message)));
  }
  await writes.exec();
}
