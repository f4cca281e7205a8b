import type { Ack } from '../../shared/kernel/ack.ts';
import type { SaleGuard } from '../../shared/plays/flash-sale/contract.ts';
import type { AnyEvent, Output } from '../../shared/protocol.ts';
import { type Calls, DEADLINE_MS, localError } from './calls.ts';
import { newOpId } from './op-id.ts';
import { type Asked, askForPasses, inputOfPass, type Pass } from './passes.ts';
import type { Random, Time } from './time.ts';
import type { CallOptions, CartWish, EventBatch, GrabWish, JoinedRoom, You } from './types.ts';

/**
 * Grabs of guarded sales: gets the token that is bound to an opId, does the work that comes with it, and sends
 * both along. A token is asked for when a sale opens, so that a tap needs one round trip.
 */
export type Grabs = {
  joined(joined: JoinedRoom): void;
  you(you: You): void;
  events(batch: EventBatch): void;
  /** Gets what a grab of this sale will want, if it wants anything and nothing is at hand. */
  prepare(saleId: string): void;
  grab(wish: GrabWish, options?: CallOptions): Promise<Ack<Output<'flash-sale:grab'>>>;
  holdCart(wish: CartWish, options?: CallOptions): Promise<Ack<Output<'order:hold'>>>;
  close(): void;
};

type Options = {
  calls: Calls;
  time: Time;
  random: Random;
  opIdRandom: Random | undefined;
  serverNow: () => number;
};

type Known = { guard: SaleGuard; isOpen: boolean };
/** An intention, and what is at hand for it. */
type Start = { opId: string; passes: readonly Pass[] };
/** One in waiting: its opId, and what will be sent with it. */
type Prepared = { opId: string; asked: Promise<Asked>; answer: Asked | null; atMs: number };

/** A pass must still be good when it gets there. */
const TRAVEL_MS = 2_000;
/** Less than it takes anybody to tap, and enough to keep a crowd from asking in the same instant. */
const PREPARE_WITHIN_MS = 200;
const PREPARE_DEADLINE_MS = 5_000;
const PREPARE_AGAIN_MS = 1_000;
/**
 * With these a grab is sent all the same: its refusal is signed, and the sale may be open by then. Not so a
 * cart, which would be refused for the lack of the other tokens.
 */
const GRABBED_ANYWAY: ReadonlySet<string> = new Set([
  'NOT_OPEN',
  'ENDED',
  'SALE_NOT_FOUND',
  'INVALID_PAYLOAD',
]);
const HELD_ANYWAY: ReadonlySet<string> = new Set(['INVALID_PAYLOAD']);

export function createGrabs({ calls, time, random, opIdRandom, serverNow }: Options): Grabs {
  const sales = new Map<string, Known>();
  const prepared = new Map<string, Prepared>();
  const timers = new Set<() => void>();
  let userId: string | null = null;
  let isGuest = true;
  let isClosed = false;

  const tools = { calls, time, isWanted: () => !isClosed };
  const ask = (opId: string, saleIds: readonly string[], deadlineMs: number) =>
    askForPasses(tools, opId, saleIds, deadlineMs);

  const wants = (saleId: string) => (sales.get(saleId)?.guard ?? 'none') !== 'none';
  const isGood = ({ expiresAtMs }: Pass) => expiresAtMs - serverNow() > TRAVEL_MS;

  function prepare(saleId: string): void {
    if (isClosed || isGuest || !wants(saleId) || !sales.get(saleId)?.isOpen) return;
    const before = prepared.get(saleId);
    if (before !== undefined) {
      if (before.answer === null) return;
      if (before.answer.ok && before.answer.passes.every(isGood)) return;
      if (!before.answer.ok && time.now() - before.atMs < PREPARE_AGAIN_MS) return;
    }
    const opId = newOpId(opIdRandom);
    const asked = ask(opId, [saleId], PREPARE_DEADLINE_MS);
    const entry: Prepared = { opId, asked, answer: null, atMs: time.now() };
    prepared.set(saleId, entry);
    void asked.then((answer) => {
      entry.answer = answer;
      entry.atMs = time.now();
    });
  }

  /** The intention that was prepared for this sale, used up by this: the next one gets an opId of its own. */
  async function take(saleId: string, waitMs: number): Promise<Start | null> {
    const entry = prepared.get(saleId);
    if (entry === undefined) return null;
    prepared.delete(saleId);
    const answer = entry.answer ?? (await within(entry.asked, waitMs));
    return { opId: entry.opId, passes: answer?.ok && answer.passes.every(isGood) ? answer.passes : [] };
  }

  function within<T>(promise: Promise<T>, waitMs: number): Promise<T | null> {
    return new Promise((resolve) => {
      const cancel = time.after(waitMs, () => resolve(null));
      void promise.then((value) => {
        cancel();
        resolve(value);
      });
    });
  }

  /** Sends what `inputOf` makes of the passes; once more with new ones if those were refused. */
  async function send(
    name: string,
    start: Start,
    saleIds: readonly string[],
    inputOf: (opId: string, passes: readonly Pass[]) => object,
    deadlineAt: number,
  ): Promise<Ack<unknown>> {
    const { opId } = start;
    const leftMs = () => Math.max(0, deadlineAt - time.now());
    let { passes } = start;
    let last: Ack<unknown> = { ok: false, error: localError('UNAVAILABLE') };
    for (let isSecond = false; ; isSecond = true) {
      if (leftMs() === 0) return last;
      if (passes.length === 0 && (isSecond || saleIds.some(wants))) {
        const asked = await ask(opId, saleIds, leftMs());
        const anyway = name === 'flash-sale:grab' ? GRABBED_ANYWAY : HELD_ANYWAY;
        if (!asked.ok && !anyway.has(asked.error.code)) return asked;
        if (asked.ok) passes = asked.passes;
        if (leftMs() === 0) return last;
      }
      last = await calls.call(name, inputOf(opId, passes), { deadlineMs: leftMs() });
      if (last.ok || last.error.code !== 'TOKEN_REQUIRED' || isSecond) return last;
      passes = [];
    }
  }

  function learn(event: AnyEvent): string | null {
    if (event.name === 'flash-sale:scheduled') {
      const { sale } = event.data;
      sales.set(sale.saleId, { guard: sale.guard, isOpen: sale.phase === 'open' });
      return null;
    }
    const isOpening = event.name === 'flash-sale:opened' || event.name === 'flash-sale:resumed';
    if (!isOpening && event.name !== 'flash-sale:paused' && event.name !== 'flash-sale:closed') return null;
    const { saleId } = event.data;
    const sale = sales.get(saleId);
    if (sale !== undefined) sale.isOpen = isOpening;
    if (event.name === 'flash-sale:closed') {
      sales.delete(saleId);
      prepared.delete(saleId);
    }
    return event.name === 'flash-sale:opened' ? saleId : null;
  }

  function prepareSoon(saleId: string): void {
    const cancel = time.after(random() * PREPARE_WITHIN_MS, () => {
      timers.delete(cancel);
      prepare(saleId);
    });
    timers.add(cancel);
  }

  function setYou(you: You): void {
    // Tokens are for one user; another one may have signed in.
    if (you.userId !== userId) prepared.clear();
    userId = you.userId;
    isGuest = you.role === 'guest';
  }

  return {
    joined({ you, snapshot }) {
      setYou(you);
      const running = snapshot['flash-sale'].sales.filter(({ phase }) => phase !== 'ended');
      const opened = running.filter(
        ({ saleId, phase }) => phase === 'open' && sales.get(saleId)?.isOpen === false,
      );
      sales.clear();
      for (const { saleId, guard, phase } of running) sales.set(saleId, { guard, isOpen: phase === 'open' });
      for (const saleId of prepared.keys()) if (!sales.has(saleId)) prepared.delete(saleId);
      for (const { saleId } of opened) prepareSoon(saleId);
    },
    you: setYou,
    events({ events }) {
      const opened = new Set(events.map(learn));
      for (const saleId of opened) if (saleId !== null) prepareSoon(saleId);
    },
    prepare,
    async grab({ saleId, quantity, opId }, { deadlineMs = DEADLINE_MS } = {}) {
      const deadlineAt = time.now() + deadlineMs;
      const ready = opId === undefined ? await take(saleId, deadlineMs) : null;
      const start = ready ?? { opId: opId ?? newOpId(opIdRandom), passes: [] };
      const inputOf = (id: string, [pass]: readonly Pass[]) => ({
        ...{ opId: id, saleId, quantity },
        ...inputOfPass(pass),
      });
      return (await send('flash-sale:grab', start, [saleId], inputOf, deadlineAt)) as never;
    },
    async holdCart({ lines, opId }, { deadlineMs = DEADLINE_MS } = {}) {
      const deadlineAt = time.now() + deadlineMs;
      const start = { opId: opId ?? newOpId(opIdRandom), passes: [] };
      const saleIds = [...new Set(lines.map(({ saleId }) => saleId))];
      const inputOf = (id: string, passes: readonly Pass[]) => ({
        opId: id,
        lines: lines.map(({ saleId, quantity }) => ({
          ...{ saleId, quantity },
          ...inputOfPass(passes.find((pass) => pass.saleId === saleId)),
        })),
      });
      const ack = await send('order:hold', start, saleIds, inputOf, deadlineAt);
      return pathInLines(ack, saleIds, lines) as never;
    },
    close() {
      isClosed = true;
      for (const cancel of timers) cancel();
      timers.clear();
    },
  };
}

/** A refused token names its sale by the place in `saleIds`; the caller knows lines. */
function pathInLines(ack: Ack<unknown>, saleIds: readonly string[], lines: CartWish['lines']): Ack<unknown> {
  const place = ack.ok ? null : /^saleIds\.(\d+)$/.exec(ack.error.path ?? '');
  if (ack.ok || !place) return ack;
  const line = lines.findIndex(({ saleId }) => saleId === saleIds[Number(place[1])]);
  return { ok: false, error: { ...ack.error, path: `lines.${line}.saleId` } };
}
