import { type ReadonlySignal, signal } from '@preact/signals';
import type { Ack } from '../../../shared/kernel/ack.ts';
import type { StreamKey } from '../../../shared/plays/media/contract.ts';
import type { LivestallClient } from '../../sdk/client.ts';
import { isEventOf } from '../events.ts';

/** A key as it was made, with what is shown this once. */
export type NewKey = { key: StreamKey; secret: string | null; server: string };

/** Keys for OBS and other encoders. */
export type StreamKeys = {
  /** Null until they were asked for. */
  keys: ReadonlySignal<readonly StreamKey[] | null>;
  made: ReadonlySignal<NewKey | null>;
  refresh(): Promise<Ack<unknown>>;
  make(label: string): Promise<Ack<unknown>>;
  revoke(keyId: string): Promise<Ack<unknown>>;
  /** The secret was copied, or the sheet closed: it is not shown again. */
  forget(): void;
};

export function createStreamKeys(client: LivestallClient, origin: string): StreamKeys {
  const keys = signal<readonly StreamKey[] | null>(null);
  const made = signal<NewKey | null>(null);
  const drop = (keyId: string) => {
    keys.value = keys.value?.filter((key) => key.keyId !== keyId) ?? null;
    if (made.value?.key.keyId === keyId) made.value = null;
  };
  client.on('events', ({ events }) => {
    for (const event of events)
      if (isEventOf('media', event) && event.name === 'media:key-revoked') drop(event.data.keyId);
  });
  return {
    keys,
    made,
    async refresh() {
      const ack = await client.call('media:list-stream-keys', {});
      if (ack.ok) keys.value = ack.data.keys;
      return ack;
    },
    async make(label) {
      const ack = await client.call('media:create-stream-key', { label });
      if (!ack.ok) return ack;
      const { key, secret, whipPath } = ack.data;
      made.value = { key, secret, server: origin + whipPath };
      keys.value = [key, ...(keys.value ?? []).filter(({ keyId }) => keyId !== key.keyId)];
      return ack;
    },
    async revoke(keyId) {
      const ack = await client.call('media:revoke-stream-key', { keyId });
      if (ack.ok || ack.error.code === 'KEY_NOT_FOUND') drop(keyId);
      return ack;
    },
    forget() {
      made.value = null;
    },
  };
}
