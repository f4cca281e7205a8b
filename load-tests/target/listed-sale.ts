import type { OpenTarget } from './open-target.ts';
import type { Stock, StoredHold } from './stored-sale.ts';
import { codeOf } from './target-checks.ts';
import { type Answer, ask, TargetProblem } from './target-http.ts';

/** What a deployment's API says of a sale. */
export type ListedSale = {
  sale: Stock;
  /** Orders that hold units of it. */
  holds: StoredHold[];
};

const PAGE = 100;

type Page = {
  orders: { orderId: string; userId: string; lines: { saleId: string; quantity: number }[] }[];
  nextCursor: string | null;
};

async function read<T>({ urls, apiKey, roomId }: OpenTarget, path: string): Promise<T> {
  const url = urls[0] ?? '';
  const { status, json }: Answer = await ask(url, `/api/v1/rooms/${roomId}/${path}`, { apiKey });
  if (status !== 200) throw new TargetProblem(`${url} does not tell ${path}: ${status} ${codeOf(json)}.`);
  return json as T;
}

export async function readListedStock(target: OpenTarget, saleId: string): Promise<Stock> {
  return (await read<{ sale: Stock }>(target, `sales/${saleId}`)).sale;
}

/** @throws {TargetProblem} where the API refuses. */
export async function readListedSale(target: OpenTarget, saleId: string): Promise<ListedSale> {
  const holds: StoredHold[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const from: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const page: Page = await read<Page>(target, `orders?limit=${PAGE}&state=HELD${from}`);
    for (const { orderId, userId, lines } of page.orders) {
      for (const line of lines) {
        if (line.saleId === saleId) holds.push({ orderId, userId, quantity: line.quantity });
      }
    }
    cursor = page.nextCursor;
  }
  return { sale: await readListedStock(target, saleId), holds };
}
