import type { Log } from '../kernel/log.ts';
import type { Source, Watching } from './relay-state.ts';

/** What a node sends to viewers, estimated: asking each consumer would cost more than it tells. */

/** Until it was measured. */
const ASSUMED_BITRATE = { video: 1_500_000, audio: 64_000 } as const;
/** A layer of simulcast has twice the width and height of the one below. */
const BITS_OF_NEXT_LAYER = 4;

/** Of the bits of all layers, those of the one that is sent at most. */
export function layerShare(layers: number, wanted: number): number {
  let all = 0;
  for (let layer = 0; layer < layers; layer += 1) all += BITS_OF_NEXT_LAYER ** layer;
  return BITS_OF_NEXT_LAYER ** Math.min(Math.max(0, wanted), layers - 1) / all;
}

export function bitrateOf({ bitrate, producer }: Source): number {
  return bitrate ?? ASSUMED_BITRATE[producer.kind];
}

function shareOf({ paused, consumer, spatialLayer }: Watching): number {
  if (paused) return 0;
  // SVC layers build on each other: the top one takes all of them.
  if (consumer?.type !== 'simulcast') return 1;
  return layerShare(consumer.spatialLayers, spatialLayer);
}

/** Bits a second to all watchers of these. */
export function egressOf(sources: Iterable<Source>): number {
  let bits = 0;
  for (const source of sources) {
    let shares = 0;
    for (const watching of source.watchers) shares += shareOf(watching);
    bits += shares * bitrateOf(source);
  }
  return Math.round(bits);
}

/** Keeps to what a node may send. Between two looks at the figures, what is promised adds up. */
export class Egress {
  readonly #maxBitsPerSecond: number;
  readonly #log: Log;
  #measuring = false;
  bitsPerSecond = 0;

  /** `maxMbps`: 0 for no limit. */
  constructor(maxMbps: number, log: Log) {
    this.#maxBitsPerSecond = maxMbps === 0 ? Number.POSITIVE_INFINITY : maxMbps * 1_000_000;
    this.#log = log;
  }

  get isFull(): boolean {
    return this.bitsPerSecond >= this.#maxBitsPerSecond;
  }

  /** For one more watcher. False: there is no room for it. */
  take(source: Source): boolean {
    const bits = this.bitsPerSecond + bitrateOf(source);
    if (bits > this.#maxBitsPerSecond) return false;
    this.bitsPerSecond = bits;
    return true;
  }

  /** Measures those that somebody watches, and adds up anew. Never rejects. */
  async measure(sources: readonly Source[]): Promise<void> {
    if (this.#measuring) return;
    this.#measuring = true;
    const watched = sources.filter(({ watchers }) => watchers.size > 0);
    await Promise.all(
      watched.map(async (source) => {
        try {
          source.bitrate = (await source.producer.stats()).bitrate;
        } catch (error) {
          this.#log.debug({ publicationId: source.publicationId, err: error }, 'a producer has no figures');
        }
      }),
    );
    this.bitsPerSecond = egressOf(sources);
    this.#measuring = false;
  }
}
