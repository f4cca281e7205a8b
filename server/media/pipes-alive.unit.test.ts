import { afterEach, describe, expect, it } from 'vitest';
import { quietLog } from '../redis/testing.ts';
import { eventually } from '../testing/eventually.ts';
import { PipeWatch } from './pipes-alive.ts';
import { type PipeEnd, PipeEnds } from './pipes-ends.ts';
import { NodeRefused, NodeSilent } from './ports.ts';

const GRACE_MS = 10_000;
type Reply = 'gone' | 'late' | 'away' | 'refused' | { unknown: string[] };

let watch: PipeWatch;
afterEach(() => watch.stop());

/** A node with two pipes to one other; the other's replies come in this order, and the last one from then on. */
function setUp(replies: Reply[]) {
  const seen = { asked: 0, nowMs: 0, released: [] as string[] };
  const bus = {
    request: async (_nodeId: string, method: string): Promise<unknown> => {
      if (method !== 'media.pipes-alive') return {};
      const reply = replies[Math.min(seen.asked, replies.length - 1)] as Reply;
      seen.asked += 1;
      if (reply === 'refused') throw new NodeRefused('BUSY');
      if (typeof reply === 'string') throw new NodeSilent(reply);
      return reply;
    },
  };
  const ends = new PipeEnds(bus, quietLog);
  const broken = new Set<string>();
  const bytes = new Map<string, () => number>();
  const add = (pipeId: string): PipeEnd => {
    const end: PipeEnd = {
      ...{ pipeId, peer: 'n_other', side: 'fed', publication: 'r p', open: true },
      isBroken: () => broken.has(pipeId),
      received: async () => bytes.get(pipeId)?.() ?? Promise.reject(new Error('the worker hangs')),
      release: async () => void seen.released.push(pipeId),
    };
    ends.add(end);
    return end;
  };
  add('one');
  add('two');
  const clock = { nowMs: () => seen.nowMs, monotonicMs: () => seen.nowMs };
  watch = new PipeWatch({ bus, ends, clock, log: quietLog, everyMs: 1, graceMs: GRACE_MS });
  watch.start();
  return { seen, ends, broken, bytes, add };
}

const rounds = (seen: { asked: number }, count: number) =>
  eventually(() => expect(seen.asked).toBeGreaterThanOrEqual(count));

describe('a pipe is kept', () => {
  it.each<[string, Reply[]]>([
    ['while the other node is slow', ['late']],
    ['while the other node is busy', ['refused']],
    ['while Redis is away', ['away']],
    ['while Redis comes back and nodes listen again one after the other', ['away', 'gone']],
    ['when nobody listens for a moment', [...losses(), { unknown: [] }]],
    ['whose name was not among the unknown', [{ unknown: ['three'] }]],
  ])('[PI10] %s', async (_, replies) => {
    const { seen, ends } = setUp(replies);
    await rounds(seen, 30);
    expect(seen.released).toEqual([]);
    expect(ends.openCount).toBe(2);
  });
});

/** Twice gone and once here, over and over. */
function losses(): Reply[] {
  return Array.from({ length: 9 }, (): Reply[] => ['gone', 'gone', { unknown: [] }]).flat();
}

describe('a pipe is cut', () => {
  it('[PI11] after three checks at which nobody listens for the other node', async () => {
    const { seen, ends } = setUp(['gone', 'gone', 'gone']);
    await eventually(() => expect(seen.released).toEqual(['one', 'two']));
    expect(seen.asked).toBe(3);
    expect(ends.openCount).toBe(0);
  });

  it('[PI11] also after Redis was away, once nodes had time to listen again', async () => {
    const { seen } = setUp(['away', 'gone']);
    await rounds(seen, 10);
    expect(seen.released).toEqual([]);
    seen.nowMs = GRACE_MS;
    await eventually(() => expect(seen.released).toEqual(['one', 'two']));
  });

  it('[PI11] when the other node does not know it, and no other pipe is', async () => {
    const { seen } = setUp([{ unknown: ['two'] }]);
    await rounds(seen, 5);
    expect(seen.released).toEqual(['two']);
  });

  it('[PI12] when the other node does not answer and nothing comes through it; not while something does', async () => {
    const { seen, bytes } = setUp(['late']);
    let sent = 0;
    bytes.set('one', () => {
      sent += 1;
      return sent;
    });
    let looked = 0;
    bytes.set('two', () => {
      looked += 1;
      return 0;
    });
    await eventually(() => expect(seen.released).toEqual(['two']));
    expect(looked).toBe(5);
    await rounds(seen, 20);
    expect(seen.released).toEqual(['two']);
  });

  it('[PI12] but not when it answers in between', async () => {
    const late: Reply[] = Array.from({ length: 9 }, (): Reply[] => [
      'late',
      'late',
      'late',
      { unknown: [] },
    ]).flat();
    const { seen, bytes } = setUp([...late, { unknown: [] }]);
    for (const pipeId of ['one', 'two']) bytes.set(pipeId, () => 0);
    await rounds(seen, 40);
    expect(seen.released).toEqual([]);
  });

  it('[PI11] when what it stands on was closed without a word; both sides say so', async () => {
    const { seen, broken } = setUp([{ unknown: [] }]);
    broken.add('one');
    expect(watch.answer({ pipeIds: ['one', 'two', 'three'] }, 'n_other')).toEqual({
      unknown: ['one', 'three'],
    });
    expect(watch.answer({ pipeIds: ['two'] }, 'n_stranger')).toEqual({ unknown: ['two'] });
    await eventually(() => expect(seen.released).toEqual(['one']));
  });

  it('[PI11] but not while it is made: the other end may not know it yet', async () => {
    const { seen, ends, add } = setUp([{ unknown: ['young'] }]);
    const end = add('young');
    end.open = false;
    await rounds(seen, 10);
    expect(seen.released).toEqual([]);
    expect(watch.answer({ pipeIds: ['young'] }, 'n_other')).toEqual({ unknown: [] });
    expect(ends.openCount).toBe(2);
  });
});
