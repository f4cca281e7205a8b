import { type Signal, signal } from '@preact/signals';
import type { Ack } from '../../../shared/kernel/ack.ts';
import type { Output } from '../../../shared/protocol.ts';
import type { LivestallClient } from '../../sdk/client.ts';
import type { CallInput } from '../../sdk/types.ts';

export type Claim = Output<'lottery:claims'>['claims'][number];
export type ClaimsPage = {
  drawId: string;
  claims: readonly Claim[];
  nextAward: number | null;
  isAsking: boolean;
};

/** What only the host's side of draws does. */
export type DrawHosting = {
  claims: Signal<ClaimsPage | null>;
  announce(input: CallInput<'lottery:announce'>): Promise<Ack<unknown>>;
  close(drawId: string): Promise<Ack<unknown>>;
  cancel(drawId: string, reason: string): Promise<Ack<unknown>>;
  redraw(drawId: string, reason: string, durationMs: number): Promise<Ack<unknown>>;
  openClaims(drawId: string): Promise<Ack<unknown>>;
  moreClaims(): Promise<Ack<unknown> | null>;
  closeClaims(): void;
};

const PAGE = 50;

export function createDrawHosting(client: LivestallClient): DrawHosting {
  const claims = signal<ClaimsPage | null>(null);

  /** `shown` stands in the list until the answer comes. */
  async function read(
    drawId: string,
    before: readonly Claim[],
    fromAward: number,
    shown: readonly Claim[] = before,
  ): Promise<Ack<unknown>> {
    claims.value = { drawId, claims: shown, nextAward: null, isAsking: true };
    const ack = await client.call('lottery:claims', { drawId, fromAward, limit: PAGE });
    if (claims.value?.drawId !== drawId) return ack;
    claims.value = ack.ok
      ? { drawId, claims: [...before, ...ack.data.claims], nextAward: ack.data.nextAward, isAsking: false }
      : { drawId, claims: shown, nextAward: fromAward, isAsking: false };
    return ack;
  }

  client.on('events', ({ events }) => {
    const open = claims.value;
    if (open === null || open.isAsking) return;
    if (events.some(({ name, data }) => name === 'lottery:changed' && data.draw.drawId === open.drawId)) {
      void read(open.drawId, [], 0, open.claims);
    }
  });

  return {
    claims,
    announce: (input) => client.call('lottery:announce', input),
    close: (drawId) => client.call('lottery:close', { drawId }),
    cancel: (drawId, reason) => client.call('lottery:cancel', { drawId, reason }),
    redraw: (drawId, reason, durationMs) => client.call('lottery:redraw', { drawId, reason, durationMs }),
    openClaims: (drawId) => read(drawId, [], 0),
    async moreClaims() {
      const now = claims.value;
      if (now === null || now.nextAward === null || now.isAsking) return null;
      return read(now.drawId, now.claims, now.nextAward);
    },
    closeClaims() {
      claims.value = null;
    },
  };
}
