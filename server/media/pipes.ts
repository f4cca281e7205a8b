import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import { refuse } from '../kernel/outcome.ts';
import type { RandomSource } from '../kernel/random.ts';
import { PipeWatch } from './pipes-alive.ts';
import { PipeEnds, publicationKey } from './pipes-ends.ts';
import { Feeding } from './pipes-feeding.ts';
import { Joining } from './pipes-joining.ts';
import { createStep } from './pipes-step.ts';
import { PIPE, PIPES_ALIVE, readPayload, UNPIPE, unpipeSchema } from './pipes-wire.ts';
import {
  type LocalSource,
  type NodeBus,
  NodeRefused,
  type PublicationBook,
  type RemoteSources,
} from './ports.ts';

export type RemoteSourcesDeps = {
  nodeId: string;
  bus: NodeBus;
  book: Pick<PublicationBook, 'origin'>;
  /** Called when another node asks, never before. What was fetched here need not be in it. */
  localSource: LocalSource;
  /** Nodes that this one feeds with one publication. */
  pipesPerPublication: number;
  /** Whether this node has the bandwidth to feed one more. */
  canFeed?: () => boolean;
  clock: Clock;
  log: Log;
  random: RandomSource;
  times?: Partial<PipeTimes>;
};

export type PipeTimes = {
  /** Both ends of every pipe ask about it so often; a node that is gone is noticed after three. */
  aliveEveryMs: number;
  graceMs: number;
  /** For each thing that is asked of the SFU. */
  stepMs: number;
  answerWithinMs: number;
  searchForMs: number;
  searchAgainMs: number;
  waitForFeedMs: number;
};

const TIMES: PipeTimes = {
  ...{ aliveEveryMs: 1000, graceMs: 10_000, stepMs: 2000 },
  ...{ answerWithinMs: 4000, searchForMs: 5000, searchAgainMs: 500, waitForFeedMs: 1500 },
};

/**
 * Publications that other nodes carry, brought here through pipes, and the answer to nodes that want ours. To be made
 * before the bus starts. A pipe is named by its receiving end; either end may end it at any time, and both check that
 * the other has it, so nothing is left over however a step fails.
 */
export function createRemoteSources(deps: RemoteSourcesDeps): RemoteSources {
  const { bus, clock, log, nodeId, random } = deps;
  const times = { ...TIMES, ...deps.times };
  const stop = new AbortController();
  const { signal } = stop;
  const step = createStep(times.stepMs, signal);
  const ends = new PipeEnds(bus, log);
  const joining = new Joining({
    ...times,
    ...{ nodeId, bus, ends, step, clock, log, random, signal },
    book: deps.book,
  });
  const feeding = new Feeding({
    ...{ nodeId, ends, step, log, random },
    localSource: deps.localSource,
    fed: (publication) => joining.source(publication),
    pipesPerPublication: deps.pipesPerPublication,
    canFeed: deps.canFeed ?? (() => true),
  });
  const watch = new PipeWatch({
    ...{ bus, ends, clock, log },
    everyMs: times.aliveEveryMs,
    graceMs: times.graceMs,
  });
  const underWay = new Set<Promise<unknown>>();

  bus.handle(PIPE, async (payload, from) => {
    if (signal.aborted) throw new NodeRefused('MEDIA_UNREACHABLE');
    const work = feeding.answer(payload, from);
    const quiet = work.catch(() => undefined);
    underWay.add(quiet);
    try {
      return await work;
    } finally {
      underWay.delete(quiet);
    }
  });
  bus.handle(UNPIPE, async (payload, from) => {
    const end = ends.find(readPayload(unpipeSchema, payload).pipeId, from);
    if (end) void ends.end(end, { tell: false });
    return {};
  });
  bus.handle(PIPES_ALIVE, async (payload, from) => watch.answer(payload, from));
  watch.start();

  return {
    fetch: async (roomId, origin, router) =>
      signal.aborted ? refuse('MEDIA_UNREACHABLE') : joining.fetch(roomId, origin, router),
    feeds: (roomId, publicationId) => ends.feeding(publicationKey(roomId, publicationId)).length > 0,
    get pipes() {
      return ends.openCount;
    },
    async close() {
      stop.abort();
      watch.stop();
      await Promise.all([joining.settled(), ...underWay]);
      await ends.close();
    },
  };
}
