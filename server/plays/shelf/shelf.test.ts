import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Product, type ShelfSnapshot, shelfContract } from '../../../shared/plays/shelf/contract.ts';
import { useCheckedHarness } from '../../testing/contract-checks.ts';
import { eventually } from '../../testing/eventually.ts';
import { opId, TestTime } from '../../testing/harness.ts';
import type { TestClient } from '../../testing/test-client.ts';

const harness = useCheckedHarness();
const refused = (code: string, more: object = {}) => ({ ok: false, error: { code, ...more } });

const product = (productId: string, more: Partial<Product> = {}): Product => ({
  productId,
  title: `Title of ${productId}`,
  description: '',
  imageUrl: null,
  priceMinor: 12_900,
  ...more,
});

async function stage() {
  const time = new TestTime();
  const node = await harness.node({ time });
  const roomId = await harness.room(node, []);
  const host = await harness.join(node, roomId, { userId: 'host', role: 'host' });
  const save = (one: Product) => host.call('shelf:save-product', { opId: opId(), product: one });
  const remove = (productId: string) => host.call('shelf:remove-product', { opId: opId(), productId });
  const feature = (productId: string | null) => host.call('shelf:feature', { opId: opId(), productId });
  /** As the store has it, not as a joiner may get it up to a second later. */
  const ids = async (): Promise<string[]> =>
    (await node.core.stores.shelf.list(roomId)).map(({ productId }) => productId);
  return { time, node, roomId, host, save, remove, feature, ids };
}

async function stateOf(client: TestClient, roomId: string): Promise<ShelfSnapshot> {
  return (await client.must('room:join', { roomId })).snapshot.shelf as ShelfSnapshot;
}

describe('the shelf', () => {
  it('[SH1] keeps the order in which products were added', async () => {
    const { time, save, ids } = await stage();
    for (const id of ['p10', 'p9', 'p2']) await save(product(id));
    time.advance(-5000);
    for (const id of ['b', 'a']) await save(product(id));
    time.advance(10_000);
    await save(product('0'));
    expect(await ids()).toEqual(['p10', 'p9', 'p2', 'b', 'a', '0']);
  });

  it('[SH2] replaces a product in its place, and puts one that comes back last', async () => {
    const { node, roomId, save, remove, ids } = await stage();
    for (const id of ['a', 'b', 'c']) await save(product(id));
    const changed = product('b', {
      title: 'New',
      priceMinor: 0,
      imageUrl: '/demo/b.svg',
      description: 'More',
    });
    expect(await save(changed)).toEqual({ ok: true, data: { product: changed } });
    expect(await ids()).toEqual(['a', 'b', 'c']);
    expect(await node.core.stores.shelf.find(roomId, 'b')).toEqual(changed);
    await remove('a');
    expect(await node.core.stores.shelf.find(roomId, 'a')).toBeUndefined();
    await save(product('a'));
    expect(await ids()).toEqual(['b', 'c', 'a']);
  });

  it('[SH3] takes 200 products', async () => {
    const { node, roomId, save, remove, ids } = await stage();
    const { shelf } = node.core.stores;
    const max = shelfContract.limits.productsMax.value;
    for (let i = 0; i < max; i += 1) {
      const outcome = await shelf.save(
        roomId,
        { actor: 'x', opId: opId(), fingerprint: '' },
        product(`p${i}`),
      );
      expect(outcome.ok).toBe(true);
    }
    expect(await save(product('one-more'))).toMatchObject(refused('SHELF_FULL'));
    expect(await save(product('p7', { title: 'Replaced' }))).toMatchObject({ ok: true });
    expect(await ids()).toHaveLength(200);
    await remove('p0');
    expect(await save(product('one-more'))).toMatchObject({ ok: true });
    expect((await ids()).at(-1)).toBe('one-more');
    expect(await save(product('p0'))).toMatchObject(refused('SHELF_FULL'));
  });

  it('[SH4] tells the room of each change, and joiners the result', async () => {
    const { node, roomId, host, save, remove, feature } = await stage();
    const guest = await harness.join(node, roomId, 'guest');
    const [a, b] = [product('a'), product('b')];
    await save(a);
    await save(b);
    await feature('b');
    await remove('a');
    await eventually(() => expect(guest.events()).toHaveLength(4));
    expect(guest.events().map(({ name, data }) => ({ name, data }))).toEqual([
      { name: 'shelf:product-saved', data: { product: a } },
      { name: 'shelf:product-saved', data: { product: b } },
      { name: 'shelf:product-featured', data: { productId: 'b' } },
      { name: 'shelf:product-removed', data: { productId: 'a' } },
    ]);
    expect(await stateOf(host, roomId)).toEqual({ products: [b], featuredProductId: 'b' });
  });

  it('[SH5] features one product that is there, or none', async () => {
    const { node, roomId, host, save, feature } = await stage();
    await save(product('a'));
    await save(product('b'));
    for (const id of ['a', 'b']) expect(await feature(id)).toEqual({ ok: true, data: {} });
    expect(await feature('c')).toMatchObject(refused('PRODUCT_NOT_FOUND'));
    await eventually(() =>
      expect(host.events('shelf:product-featured').at(-1)?.data).toEqual({ productId: 'b' }),
    );
    expect((await stateOf(host, roomId)).featuredProductId).toBe('b');
    expect(await feature(null)).toEqual({ ok: true, data: {} });
    await eventually(() =>
      expect(host.events('shelf:product-featured').at(-1)?.data).toEqual({ productId: null }),
    );
    const guest = await harness.connect(node);
    expect((await stateOf(guest, roomId)).featuredProductId).toBeNull();
  });

  it('[SH6] features nothing once the featured product is gone', async () => {
    const { roomId, host, save, remove, feature } = await stage();
    await save(product('a'));
    await save(product('b'));
    await feature('a');
    await remove('b');
    await eventually(() => expect(host.events('shelf:product-removed')).toHaveLength(1));
    expect(await stateOf(host, roomId)).toMatchObject({ featuredProductId: 'a' });
    await remove('a');
    await eventually(() => expect(host.events('shelf:product-removed')).toHaveLength(2));
    expect(host.events().slice(-2)).toMatchObject([
      { name: 'shelf:product-featured', data: { productId: null } },
      { name: 'shelf:product-removed', data: { productId: 'a' } },
    ]);
    expect(await stateOf(host, roomId)).toEqual({ products: [], featuredProductId: null });
    // It does not come back as the featured one.
    await save(product('a'));
    await eventually(() => expect(host.events('shelf:product-saved')).toHaveLength(3));
    expect((await stateOf(host, roomId)).featuredProductId).toBeNull();
  });

  it('[SH7] cannot remove what is not there', async () => {
    const { node, roomId, remove, ids } = await stage();
    expect(await remove('a')).toMatchObject(refused('PRODUCT_NOT_FOUND'));
    expect(await ids()).toEqual([]);
    expect(await harness.redis.client.xlen(node.core.keys.room(roomId).events)).toBe(0);
  });

  it('[SH8] does a thing once, whatever is repeated', async () => {
    const { node, roomId, host, ids } = await stage();
    const save = { opId: opId(), product: product('a') };
    const first = await host.must('shelf:save-product', save);
    const remove = { opId: opId(), productId: 'a' };
    await host.must('shelf:remove-product', remove);
    // A late retry of the first does not bring it back.
    expect(await host.must('shelf:save-product', save)).toEqual(first);
    expect(await ids()).toEqual([]);
    expect(await host.must('shelf:remove-product', remove)).toEqual({});
    const mismatch = refused('IDEMPOTENCY_MISMATCH');
    const other = { ...save, product: product('a', { priceMinor: 1 }) };
    expect(await host.call('shelf:save-product', other)).toMatchObject(mismatch);
    expect(await host.call('shelf:feature', { opId: save.opId, productId: null })).toMatchObject(mismatch);
    expect(await harness.redis.client.xlen(node.core.keys.room(roomId).events)).toBe(2);
  });

  it('[SH9] is changed by the host and cohosts only', async () => {
    const { node, roomId, ids } = await stage();
    const calls = (client: TestClient) => [
      client.call('shelf:save-product', { opId: opId(), product: product('mine') }),
      client.call('shelf:remove-product', { opId: opId(), productId: 'a' }),
      client.call('shelf:feature', { opId: opId(), productId: null }),
    ];
    for (const role of ['moderator', 'viewer'] as const) {
      const client = await harness.join(node, roomId, { userId: role, role });
      for (const reply of await Promise.all(calls(client))) expect(reply).toMatchObject(refused('FORBIDDEN'));
    }
    const guest = await harness.join(node, roomId, 'guest');
    for (const reply of await Promise.all(calls(guest)))
      expect(reply).toMatchObject(refused('UNAUTHENTICATED'));
    expect(await ids()).toEqual([]);
    const cohost = await harness.join(node, roomId, { userId: 'co', role: 'cohost' });
    await cohost.must('shelf:save-product', { opId: opId(), product: product('ours') });
    expect(await ids()).toEqual(['ours']);
  });

  it('[SH10] keeps every text as it was written', async () => {
    const { node, roomId, ids } = await stage();
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).map((one) => `${one}.`);
    await fc.assert(
      fc.asyncProperty(text, text, async (title, description) => {
        const one = product('p', { title, description });
        await node.core.stores.shelf.save(roomId, { actor: 'x', opId: opId(), fingerprint: '' }, one);
        expect(await node.core.stores.shelf.list(roomId)).toEqual([one]);
      }),
      { seed: Number(process.env.LIVESTALL_TEST_SEED), numRuns: 50 },
    );
    expect(await ids()).toEqual(['p']);
  });

  it('[SH10] takes pictures only from where a page may load them', async () => {
    const { save } = await stage();
    for (const imageUrl of ['https://cdn.example.com/a.webp?x=1', '/demo/a.svg']) {
      expect(await save(product('a', { imageUrl }))).toMatchObject({ ok: true });
    }
    for (const imageUrl of [
      'http://x.example/a.png',
      'javascript:alert(1)',
      'data:image/png;base64,AA',
      '"><b>',
    ]) {
      expect(await save(product('a', { imageUrl }))).toMatchObject(
        refused('INVALID_PAYLOAD', { path: 'product.imageUrl' }),
      );
    }
  });
});
