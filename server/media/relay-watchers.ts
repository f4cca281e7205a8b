import type { PeerState, Source, Watching } from './relay-state.ts';

/** Ends of consumers: one place that undoes what `Watching` entered. */

/** Takes a consumer out of all books at once; its closing is awaited. Never rejects. */
export async function dropWatching(watching: Watching): Promise<void> {
  if (strike(watching)) await Promise.allSettled([watching.consumer?.close()]);
}

/** A source with all its watchers, who are told. Never rejects. */
export async function endSource(source: Source): Promise<void> {
  if (source.ended) return;
  source.ended = true;
  const watchers = [...source.watchers].filter(strike);
  const lost = new Map<PeerState, string[]>();
  for (const { owner, consumer } of watchers) {
    if (consumer !== undefined) lost.set(owner, [...(lost.get(owner) ?? []), consumer.id]);
  }
  for (const [owner, consumerIds] of lost) owner.tell({ kind: 'source-closed', consumerIds });
  // The worker closes the consumers of a producer in one go; what it has not is closed after that.
  await Promise.allSettled([source.producer.close()]);
  await Promise.allSettled(watchers.map(({ consumer }) => consumer?.close()));
}

function strike(watching: Watching): boolean {
  if (watching.closed) return false;
  watching.closed = true;
  const { owner, source, consumer } = watching;
  source.watchers.delete(watching);
  owner.watching.delete(source.publicationId);
  if (consumer !== undefined) owner.consumers.delete(consumer.id);
  return true;
}
