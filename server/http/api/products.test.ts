import { beforeAll, describe, expect, it } from 'vitest';
import type { Product } from '../../../shared/plays/shelf/contract.ts';
import { shelfContract } from '../../../shared/plays/shelf/contract.ts';
import { eventually } from '../../testing/eventually.ts';
import { useHarness } from '../../testing/harness.ts';
import { type Answer, type HttpNode, httpNode } from '../testing.ts';

const harness = useHarness();
let node: HttpNode;
let roomId: string;
beforeAll(async () => {
  node = await httpNode(harness);
});

const shirt = { title: 'Linen shirt', priceMinor: 12_900 };
const productOf = (answer: Answer): Product => (answer.json as { product: Product }).product;
const products = async (): Promise<Product[]> =>
  ((await node.api.call('GET', `/api/v1/rooms/${roomId}/products`)).json as { products: Product[] }).products;

describe('[HT6] products', () => {
  it('[HT6] are added, replaced, read, listed and removed', async () => {
    roomId = await harness.room(node, []);
    const viewer = await harness.join(node, roomId, 'guest');
    const added = await node.api.call('POST', `/api/v1/rooms/${roomId}/products`, shirt);
    expect(added.status).toBe(201);
    const made = productOf(added);
    expect(made).toEqual({ ...shirt, productId: made.productId, description: '', imageUrl: null });
    expect(added.headers.get('location')).toBe(`/api/v1/rooms/${roomId}/products/${made.productId}`);

    const put = await node.api.call('PUT', `/api/v1/rooms/${roomId}/products/mug`, {
      title: 'Mug',
      priceMinor: 5900,
    });
    expect(put.status).toBe(200);
    const again = { title: 'Big mug', priceMinor: 6900, imageUrl: '/demo/mug.svg' };
    expect((await node.api.call('PUT', `/api/v1/rooms/${roomId}/products/mug`, again)).status).toBe(200);
    expect((await products()).map((product) => product.title)).toEqual(['Linen shirt', 'Big mug']);
    expect(productOf(await node.api.call('GET', `/api/v1/rooms/${roomId}/products/mug`))).toMatchObject(
      again,
    );
    await eventually(() => expect(viewer.events('shelf:product-saved')).toHaveLength(3));

    const removed = await node.api.call('DELETE', `/api/v1/rooms/${roomId}/products/mug`);
    expect([removed.status, removed.text]).toEqual([204, '']);
    expect(await node.api.problem('DELETE', `/api/v1/rooms/${roomId}/products/mug`)).toMatchObject({
      status: 404,
      code: 'PRODUCT_NOT_FOUND',
    });
    expect(await node.api.problem('GET', `/api/v1/rooms/${roomId}/products/mug`)).toMatchObject({
      code: 'PRODUCT_NOT_FOUND',
    });
  });

  it('[HT6] the same Idempotency-Key has one effect and one answer', async () => {
    roomId = await harness.room(node, []);
    const key = { 'idempotency-key': 'add-shirt-once' };
    const answers = await Promise.all(
      [1, 2, 3].map(() => node.api.call('POST', `/api/v1/rooms/${roomId}/products`, shirt, key)),
    );
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
    expect(await products()).toHaveLength(1);
    const other = { ...shirt, priceMinor: 1 };
    expect(await node.api.problem('POST', `/api/v1/rooms/${roomId}/products`, other, key)).toMatchObject({
      status: 422,
      code: 'IDEMPOTENCY_MISMATCH',
      path: 'Idempotency-Key',
    });
    expect((await products())[0]?.priceMinor).toBe(shirt.priceMinor);
    expect(
      await node.api.problem('POST', `/api/v1/rooms/${roomId}/products`, shirt, { 'idempotency-key': 'x y' }),
    ).toMatchObject({ code: 'INVALID_PAYLOAD', path: 'idempotency-key' });
  });

  it('[HT6] a full shelf is told', async () => {
    roomId = await harness.room(
      node,
      Array.from({ length: shelfContract.limits.productsMax.value }, () => ({})),
    );
    expect(await node.api.problem('POST', `/api/v1/rooms/${roomId}/products`, shirt)).toMatchObject({
      status: 409,
      code: 'SHELF_FULL',
    });
    expect((await node.api.call('PUT', `/api/v1/rooms/${roomId}/products/p1`, shirt)).status).toBe(200);
  });

  it.each(['POST', 'PUT', 'GET', 'DELETE'])('[HT6] %s needs the room to exist', async (method) => {
    const path = method === 'POST' ? '/products' : '/products/shirt';
    const body = method === 'POST' || method === 'PUT' ? shirt : undefined;
    expect(await node.api.problem(method, `/api/v1/rooms/nowhere${path}`, body)).toMatchObject({
      status: 404,
      code: 'ROOM_NOT_FOUND',
    });
  });

  it.each([
    [{ priceMinor: -1 }, 'priceMinor'],
    [{ priceMinor: 1.5 }, 'priceMinor'],
    [{ priceMinor: 1e18 }, 'priceMinor'],
    [{ priceMinor: '100' }, 'priceMinor'],
    [{ title: '' }, 'title'],
    [{ title: '\ud800' }, 'title'],
    [{ imageUrl: 'javascript:alert(1)' }, 'imageUrl'],
    [{ imageUrl: 'http://plain.example/x.png' }, 'imageUrl'],
    [{ productId: '../x' }, 'productId'],
    [{ stock: 4 }, 'stock'],
  ])('[HT4] a product with %j is refused', async (fields, path) => {
    roomId = await harness.room(node, []);
    expect(
      await node.api.problem('POST', `/api/v1/rooms/${roomId}/products`, { ...shirt, ...fields }),
    ).toMatchObject({
      code: 'INVALID_PAYLOAD',
      path,
    });
    expect(await products()).toEqual([]);
  });
});
