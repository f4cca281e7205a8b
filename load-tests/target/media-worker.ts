/**
 * The worker of mediasoup that the set-up of `npm run load` found, downloaded or built.
 *
 * @throws Error saying why there is none.
 */
export function mediaWorkerBin(): string {
  const { LIVESTALL_MEDIA_WORKER_BIN: workerBin, LIVESTALL_MEDIA_UNAVAILABLE: why } = process.env;
  if (workerBin) return workerBin;
  throw new Error(why ? `There is no media worker. ${why}` : 'There is no media worker: use `npm run load`.');
}
