import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { MAX_UNITS } from '../../../shared/kernel/units.ts';
import { type FlashSale, flashSaleContract } from '../../../shared/plays/flash-sale/contract.ts';
import { eventually } from '../../testing/eventually.ts';
import { useHarness } from '../../testing/harness.ts';
import { boundlessClock, type HttpNode, httpNode } from '../testing.ts';
import { openShop, type Shop } from './testing/shop.ts';

const harness = useHarness();
let node: HttpNode;
let shop: Shop;
beforeAll(async () => {
  node = await httpNode(harness, { clock: boundlessClock() });
  shop = await openShop(node);
});

const key = () => ({ 'idempotency-key': randomUUID() });
const terms = { productId: 'linen-shirt', priceMinor: 5_900, stock: 3, opensInMs: 60_000 };
const corrections = (place: Shop): string => `${place.path}/sales/${place.saleId}/stock-corrections`;

describe('[HT26] sales', () => {
  it('[HT26] are planned once a key, listed and read; people in the room see them', async () => {
    const place = await openShop(node);
    const viewer = await harness.join(node, place.roomId, 'guest');
    const once = key();
    const [first, again] = [
      await node.api.call('POST', `${place.path}/sales`, terms, once),
      await node.api.call('POST', `${place.path}/sales`, terms, once),
    ];
    expect([first.status, again.text]).toEqual([201, first.text]);
    const { sale } = first.json as { sale: FlashSale };
    expect(sale).toMatchObject({ phase: 'scheduled', total: 3, available: 3, guard: 'token' });
    expect(first.headers.get('location')).toBe(`${place.path}/sales/${sale.saleId}`);
    await eventually(() => expect(viewer.events('flash-sale:scheduled')).toHaveLength(1));
    const { sales } = (await node.api.call('GET', `${place.path}/sales`)).json as { sales: FlashSale[] };
    expect(sales.map(({ saleId }) => saleId)).toEqual([sale.saleId, place.saleId]);
    expect((await node.api.call('GET', `${place.path}/sales/${sale.saleId}`)).json).toEqual({ sale });
    expect(await node.api.problem('POST', `${place.path}/sales`, { ...terms, stock: 4 }, once)).toMatchObject(
      { status: 422, code: 'IDEMPOTENCY_MISMATCH' },
    );
  });

  it.each([
    [{ productId: 'nothing' }, 404, 'PRODUCT_NOT_FOUND', 'productId'],
    [{ stock: 0 }, 400, 'INVALID_PAYLOAD', 'stock'],
    [{ stock: MAX_UNITS + 1 }, 400, 'INVALID_PAYLOAD', 'stock'],
    [{ priceMinor: 1e13 }, 400, 'INVALID_PAYLOAD', 'priceMinor'],
    [{ priceMinor: 1e12, limitPerBuyer: 2 }, 400, 'INVALID_PAYLOAD', 'priceMinor'],
    [{ compareAtMinor: 9_900 }, 400, 'INVALID_PAYLOAD', 'compareAtBasis'],
    [{ compareAtMinor: 100, compareAtBasis: 'x' }, 400, 'INVALID_PAYLOAD', 'compareAtMinor'],
    [{ holdMs: 1 }, 400, 'INVALID_PAYLOAD', 'holdMs'],
    [{ opId: 'some-op-id' }, 400, 'INVALID_PAYLOAD', 'opId'],
  ])('[HT26] a sale with %j is refused', async (fields, status, code, path) => {
    const body = { ...terms, ...fields };
    expect(await node.api.problem('POST', `${shop.path}/sales`, body, key())).toMatchObject({
      status,
      code,
      path,
    });
  });

  it('[HT26] too many are told, and unknown ones', async () => {
    const place = await openShop(node);
    const most = flashSaleContract.limits.runningMax.value - 1;
    for (let i = 0; i < most; i += 1) await node.api.call('POST', `${place.path}/sales`, terms, key());
    expect(await node.api.problem('POST', `${place.path}/sales`, terms, key())).toMatchObject({
      ...{ status: 409, code: 'TOO_MANY_SALES' },
    });
    for (const [path, code] of [
      [`${place.path}/sales/nothing`, 'SALE_NOT_FOUND'],
      ['/api/v1/rooms/nowhere/sales', 'ROOM_NOT_FOUND'],
      ['/api/v1/rooms/nowhere/sales/x', 'ROOM_NOT_FOUND'],
    ]) {
      expect(await node.api.problem('GET', path as string)).toMatchObject({ status: 404, code });
    }
    expect(await node.api.problem('POST', `${place.path}/sales`, terms)).toMatchObject({
      code: 'IDEMPOTENCY_KEY_MISSING',
    });
  });
});

describe('[HT26] corrections', () => {
  it('[HT26] add what was found and take off what was lost, once a key, with the reason in the ledger', async () => {
    const place = await openShop(node, { stock: 5 });
    const lost = { units: -2, reason: 'Two broke "in the warehouse"' };
    const once = key();
    for (let i = 0; i < 3; i += 1) {
      const answer = await node.api.call('POST', corrections(place), lost, once);
      expect(answer.json).toMatchObject({ sale: { total: 3, available: 3 } });
    }
    await node.api.call('POST', corrections(place), { units: 4, reason: 'a box behind the door' }, key());
    expect(await place.sale()).toMatchObject({ total: 7, available: 7 });
    const entries = await harness.redis.client.xrange(node.core.keys.room(place.roomId).ledger, '-', '+');
    const said = entries.map(([, fields]) => fields[fields.indexOf('data') + 1]);
    expect(said.filter((data) => data?.includes('warehouse'))).toHaveLength(1);
    expect(JSON.parse(said.at(-1) ?? '')).toMatchObject({ units: 4, reason: 'a box behind the door' });
    expect(await node.api.problem('POST', corrections(place), { ...lost, units: -1 }, once)).toMatchObject({
      code: 'IDEMPOTENCY_MISMATCH',
      path: 'Idempotency-Key',
    });
  });

  it('[HT26] leave alone what buyers hold or have paid', async () => {
    const place = await openShop(node, { stock: 3 });
    await place.pay(await place.grab());
    await place.grab();
    const gone = { units: -2, reason: 'lost' };
    expect(await node.api.problem('POST', corrections(place), gone, key())).toMatchObject({
      ...{ status: 409, code: 'STOCK_TOO_SMALL', path: 'units' },
    });
    expect(await place.sale()).toMatchObject({ total: 3, available: 1, held: 1, sold: 1 });
    await node.api.call('POST', corrections(place), { units: -1, reason: 'lost' }, key());
    expect(await place.sale()).toMatchObject({ total: 2, available: 0, held: 1, sold: 1 });
  });

  it.each([
    [{ units: 0 }, 'units'],
    [{ units: 1.5 }, 'units'],
    [{ units: MAX_UNITS + 1 }, 'units'],
    [{ units: -MAX_UNITS - 1 }, 'units'],
    [{ units: 1e308 }, 'units'],
    [{ units: '1' }, 'units'],
    [{ reason: '' }, 'reason'],
    [{ reason: undefined }, 'reason'],
    [{ saleId: 'x' }, 'saleId'],
  ])('[HT26] one with %j is refused', async (fields, path) => {
    const body = { units: 1, reason: 'found', ...fields };
    expect(await node.api.problem('POST', corrections(shop), body, key())).toMatchObject({
      ...{ code: 'INVALID_PAYLOAD', path },
    });
  });

  it('[HT26] more than a sale can have, of an unknown sale, or without a key is refused', async () => {
    const most = { units: MAX_UNITS, reason: 'x' };
    expect(await node.api.problem('POST', corrections(shop), most, key())).toMatchObject({
      ...{ status: 409, code: 'STOCK_TOO_LARGE', path: 'units' },
    });
    expect(
      await node.api.problem('POST', `${shop.path}/sales/nothing/stock-corrections`, most, key()),
    ).toMatchObject({ status: 404, code: 'SALE_NOT_FOUND' });
    expect(await node.api.problem('POST', corrections(shop), most)).toMatchObject({
      code: 'IDEMPOTENCY_KEY_MISSING',
    });
    expect(await shop.sale()).toMatchObject({ total: 20 });
  });
});
