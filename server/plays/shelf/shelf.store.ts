import { type Product, type ShelfSnapshot, shelfContract } from '../../../shared/plays/shelf/contract.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import type { Reader } from '../../kernel/play.ts';
import type { RedisClient } from '../../redis/client.ts';
import { guarded } from '../../redis/errors.ts';
import { unwrap } from '../../redis/event-log.ts';
import type { Keys } from '../../redis/keys.ts';
import { mapReply, type OpRefusal, opField } from '../../redis/reply.ts';
import { loadScripts, runScript } from '../../redis/scripts.ts';

const scripts = loadScripts(import.meta.url, ['save', 'remove', 'feature']);
const OP_HORIZON_MS = 3_600_000;
const ARGS = JSON.stringify({ max: shelfContract.limits.productsMax.value, opHorizonMs: OP_HORIZON_MS });

type Op = { actor: string; opId: string; fingerprint: string };
type Refused<Code extends string> = Code | OpRefusal;

/** The products of a room in Redis. */
export class ShelfStore {
  readonly #deps: { redis: RedisClient; keys: Keys; scriptNow: () => string };

  constructor(deps: { redis: RedisClient; keys: Keys; scriptNow: () => string }) {
    this.#deps = deps;
  }

  async save(roomId: string, op: Op, product: Product): Promise<Outcome<Product, Refused<'SHELF_FULL'>>> {
    const argv = [product.productId, JSON.stringify(product), ARGS];
    const reply = await this.#run('save', roomId, op, argv, ['products', 'shelf']);
    return mapReply('save', reply, { 10: 'SHELF_FULL' }, (json) => JSON.parse(json) as Product);
  }

  async remove(
    roomId: string,
    op: Op,
    productId: string,
  ): Promise<Outcome<object, Refused<'PRODUCT_NOT_FOUND'>>> {
    const reply = await this.#run('remove', roomId, op, [productId, ARGS], ['products', 'shelf']);
    return mapReply('remove', reply, { 10: 'PRODUCT_NOT_FOUND' }, () => ({}));
  }

  /** `null`: nothing is being explained. */
  async feature(
    roomId: string,
    op: Op,
    productId: string | null,
  ): Promise<Outcome<object, Refused<'PRODUCT_NOT_FOUND'>>> {
    const reply = await this.#run('feature', roomId, op, [productId ?? '', ARGS], ['products']);
    return mapReply('feature', reply, { 10: 'PRODUCT_NOT_FOUND' }, () => ({}));
  }

  /** All products, in the order they were added. */
  async list(roomId: string): Promise<Product[]> {
    const keys = this.#deps.keys.room(roomId);
    const multi = this.#deps.redis.multi();
    shelfReader.queue(multi, keys);
    return shelfReader.parse(unwrap(await guarded(() => multi.exec()))).products;
  }

  async find(roomId: string, productId: string): Promise<Product | undefined> {
    const { products } = this.#deps.keys.room(roomId);
    const json = await guarded(() => this.#deps.redis.hget(products, productId));
    return json === null ? undefined : (JSON.parse(json) as Product);
  }

  /** What to show of a room: the picture of the product being explained, else of the first. */
  async cover(roomId: string): Promise<string | null> {
    const { redis, keys } = this.#deps;
    const { head, shelf, products } = keys.room(roomId);
    const [featured, [first]] = await guarded(() =>
      Promise.all([redis.hget(head, 'featured'), redis.zrange(shelf, 0, '0')]),
    );
    const ids = [featured, first].filter((id) => typeof id === 'string');
    if (ids.length === 0) return null;
    const found = await guarded(() => redis.hmget(products, ...ids));
    const pictures = found.map((json) => (json === null ? null : (JSON.parse(json) as Product).imageUrl));
    return pictures.find((url) => url !== null) ?? null;
  }

  #run(
    script: 'save' | 'remove' | 'feature',
    roomId: string,
    op: Op,
    argv: string[],
    own: readonly ('products' | 'shelf')[],
  ): Promise<unknown> {
    const room = this.#deps.keys.room(roomId);
    const keys: Record<string, string> = {
      head: room.head,
      events: room.events,
      ops: room.ops('shelf'),
      opAges: room.opAges('shelf'),
      sanctions: room.sanctions,
    };
    for (const name of own) keys[name] = room[name];
    const first = [this.#deps.scriptNow(), opField(op.actor, op.opId), op.fingerprint];
    return runScript(this.#deps.redis, scripts[script], keys, [...first, ...argv]);
  }
}

export const shelfReader: Reader<ShelfSnapshot> = {
  queue(pipe, keys) {
    pipe.zrange(keys.shelf, 0, '-1');
    pipe.hgetall(keys.products);
    pipe.hget(keys.head, 'featured');
  },
  parse(replies) {
    const [order, products, featured] = replies as [string[], Record<string, string>, string | null];
    return {
      products: order.flatMap((id) =>
        products[id] === undefined ? [] : (JSON.parse(products[id]) as Product),
      ),
      featuredProductId: featured,
    };
  },
};
