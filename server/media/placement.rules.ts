/**
 * Where publishers and viewers go. Pure: the same loads give the same place.
 */

export type WorkerLoad = {
  id: string;
  /** Streams that it sends to viewers, or is about to. */
  consumers: number;
  /** Transports of publishers. */
  senders: number;
};

/** A router of the room; there is at most one a worker (and set of payload types). */
export type RouterLoad = {
  workerId: string;
  viewers: number;
  /** How many of the wanted publications it has already. */
  has: number;
};

export type PlacementLimits = {
  /** Hard. */
  consumersPerWorker: number;
  /** A router with so many viewers takes more only where the room has no better place. */
  viewersPerRouter: number;
};

/** What a publisher brings: picture and sound come in, which costs about as much as to send them once. */
const STREAMS_PER_SENDER = 2;

const loadOf = ({ consumers, senders }: WorkerLoad): number => consumers + senders * STREAMS_PER_SENDER;

/** The least loaded worker; of equals, the first. undefined: there is none. */
export function placePublisher(workers: readonly WorkerLoad[]): string | undefined {
  return leastLoaded(workers)?.id;
}

/**
 * The worker for a viewer who wants `wanted` streams. First a router of the room below `viewersPerRouter`, the one
 * that has most of what is wanted, then the fullest: every further router costs a pipe. Then the least loaded worker
 * without a router of the room, then the least loaded. undefined: no worker has room.
 */
export function placeViewer(
  wanted: number,
  workers: readonly WorkerLoad[],
  routers: readonly RouterLoad[],
  limits: PlacementLimits,
): string | undefined {
  const open = workers.filter(({ consumers }) => consumers + wanted <= limits.consumersPerWorker);
  const ids = new Set(open.map(({ id }) => id));
  const filling = routers
    .filter(({ workerId, viewers }) => ids.has(workerId) && viewers < limits.viewersPerRouter)
    .toSorted((a, b) => b.has - a.has || b.viewers - a.viewers);
  if (filling[0] !== undefined) return filling[0].workerId;
  const used = new Set(routers.map(({ workerId }) => workerId));
  return (leastLoaded(open.filter(({ id }) => !used.has(id))) ?? leastLoaded(open))?.id;
}

function leastLoaded(workers: readonly WorkerLoad[]): WorkerLoad | undefined {
  let best: WorkerLoad | undefined;
  for (const worker of workers) if (best === undefined || loadOf(worker) < loadOf(best)) best = worker;
  return best;
}
