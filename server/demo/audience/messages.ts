/** What the server and the process of its audience say to each other. Both are this code: nothing is checked. */

/** Told, not imported: the contracts behind these names would take half of what the process needs. */
export type WireNames = { version: number; frame: string; notice: string; closing: string };

export type AudienceSetup = {
  wire: WireNames;
  /** Where this machine reaches the node, `ws://…`. */
  url: string;
  roomId: string;
  viewers: number;
  seed: number;
  /** Of personas' arrival: the last comes after so long. */
  arriveMs: number;
  /** 1: as time goes. Tests hurry. */
  pace: number;
};

export type ToAudience =
  | { kind: 'start'; setup: AudienceSetup }
  /** null: none can be had now. */
  | { kind: 'token'; viewer: number; token: string | null };

export type FromAudience =
  | { kind: 'want-token'; viewer: number }
  /** A visit to the demo's checkout. */
  | { kind: 'pay'; ref: string };
