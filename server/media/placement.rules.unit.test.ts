import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placePublisher, placeViewer, type RouterLoad, type WorkerLoad } from './placement.rules.ts';

const limits = { consumersPerWorker: 500, viewersPerRouter: 250 };

const worker = (id: string, consumers = 0, senders = 0): WorkerLoad => ({ id, consumers, senders });
const router = (workerId: string, viewers: number, has = 0): RouterLoad => ({ workerId, viewers, has });

const loads = fc
  .array(fc.record({ consumers: fc.nat(600), senders: fc.nat(5) }), { minLength: 1, maxLength: 8 })
  .map((each) => each.map((load, i) => ({ id: `w${i}`, ...load })));
const room = loads.chain((workers) =>
  fc.record({
    workers: fc.constant(workers),
    routers: fc
      .subarray(workers.map(({ id }) => id))
      .chain((ids) =>
        fc.tuple(
          ...ids.map((id) => fc.record({ workerId: fc.constant(id), viewers: fc.nat(300), has: fc.nat(2) })),
        ),
      ),
    wanted: fc.integer({ min: 1, max: 8 }),
  }),
);

describe('a publisher', () => {
  it('[RL1] goes to the least loaded worker; picture and sound coming in count, too', () => {
    expect(placePublisher([worker('a', 3), worker('b', 2), worker('c', 2)])).toBe('b');
    expect(placePublisher([worker('a', 0, 2), worker('b', 3)])).toBe('b');
    expect(placePublisher([])).toBeUndefined();
    fc.assert(
      fc.property(loads, (workers) => {
        const chosen = workers.find(({ id }) => id === placePublisher(workers)) as WorkerLoad;
        const load = ({ consumers, senders }: WorkerLoad): number => consumers + 2 * senders;
        expect(load(chosen)).toBe(Math.min(...workers.map(load)));
      }),
    );
  });
});

describe('a viewer', () => {
  it('[RL2] fills the routers that have the room before there is one more', () => {
    const workers = [worker('a', 100), worker('b', 10), worker('c', 0)];
    expect(placeViewer(2, workers, [router('a', 50, 2), router('b', 5)], limits)).toBe('a');
    expect(placeViewer(2, workers, [router('a', 50), router('b', 5)], limits)).toBe('a');
    expect(placeViewer(2, workers, [router('a', 250, 2), router('b', 5)], limits)).toBe('b');
    expect(placeViewer(2, workers, [router('a', 250), router('b', 250)], limits)).toBe('c');
  });

  it('[RL2] goes where there is room, also in full routers, rather than be sent away', () => {
    const workers = [worker('a', 499), worker('b', 300)];
    expect(placeViewer(2, workers, [router('a', 10), router('b', 260)], limits)).toBe('b');
    expect(placeViewer(2, [worker('a', 499)], [router('a', 10)], limits)).toBeUndefined();
  });

  it('[RL2] never gets a worker beyond its limit, nor a new router while one of the room has room; always the same', () => {
    fc.assert(
      fc.property(room, ({ workers, routers, wanted }) => {
        const id = placeViewer(wanted, workers, routers, limits);
        expect(placeViewer(wanted, workers, routers, limits)).toBe(id);
        const fits = ({ consumers }: WorkerLoad): boolean => consumers + wanted <= limits.consumersPerWorker;
        if (id === undefined) {
          expect(workers.filter(fits)).toEqual([]);
          return;
        }
        const chosen = workers.find((each) => each.id === id) as WorkerLoad;
        expect(fits(chosen)).toBe(true);
        const open = routers.filter(
          ({ workerId, viewers }) =>
            viewers < limits.viewersPerRouter && workers.some((each) => each.id === workerId && fits(each)),
        );
        if (open.length > 0) expect(open.map(({ workerId }) => workerId)).toContain(id);
      }),
    );
  });

  it('[RL2] a crowd fills worker after worker to the limit, and no further', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 10, max: 60 }), (count, perWorker) => {
        const small = { consumersPerWorker: perWorker, viewersPerRouter: 5 };
        const workers = Array.from({ length: count }, (_, i) => worker(`w${i}`));
        const routers: RouterLoad[] = [];
        let placed = 0;
        for (;;) {
          const id = placeViewer(2, workers, routers, small);
          const at = workers.find((each) => each.id === id);
          if (at === undefined) break;
          at.consumers += 2;
          placed += 1;
          const known = routers.find(({ workerId }) => workerId === id);
          if (known) known.viewers += 1;
          else routers.push(router(at.id, 1, 2));
          // A second worker only once the first router is full.
          expect(routers.length).toBeLessThanOrEqual(Math.ceil(placed / 5));
        }
        expect(placed).toBe(count * Math.floor(perWorker / 2));
      }),
    );
  });
});
