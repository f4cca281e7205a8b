import type { EventType } from './event-types.ts';
import type { EndpointSecret } from './signing.ts';

/** An address that messages go to, as Redis has it. */
export type Endpoint = {
  endpointId: string;
  url: string;
  /** null: all rooms, also those made later. */
  rooms: readonly string[] | null;
  /** null: all types, also those that come with a later version. */
  types: readonly EventType[] | null;
  description: string;
  enabled: boolean;
  /** Why the server itself switched it off; null while enabled, or when the merchant did. */
  disabledReason: 'GONE' | null;
  /** Newest first. */
  secrets: readonly EndpointSecret[];
  createdAtMs: number;
  updatedAtMs: number;
  /** `opening`: its places in the ledgers are not marked yet; `removing`: its traces are being removed. */
  phase: 'opening' | 'ready' | 'removing';
  /** What it was made with; a repeated request is known by it. */
  madeWith: string;
};

export const ENDPOINTS_MAX = 50;
export const ENDPOINT_ROOMS_MAX = 100;

export function wantsRoom({ rooms }: Pick<Endpoint, 'rooms'>, roomId: string): boolean {
  return rooms === null || rooms.includes(roomId);
}

export function wantsType({ types }: Pick<Endpoint, 'types'>, type: EventType): boolean {
  return types === null || types.includes(type);
}

export function delivers({ enabled, phase }: Pick<Endpoint, 'enabled' | 'phase'>): boolean {
  return enabled && phase === 'ready';
}
