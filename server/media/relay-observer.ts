/** What the relay tells of itself while it works; metrics listen. Never decides anything. */
export type MediaObserver = {
  /** What there is on this node now, every two seconds. */
  figures(figures: MediaFigures): void;
  /** A wish was refused, or a publication could not be had, by code. */
  refused(code: string): void;
  workerDied(): void;
};

export type MediaFigures = {
  workers: number;
  routers: number;
  senders: number;
  receivers: number;
  producers: number;
  /** Publications that were brought here from other nodes. */
  ingresses: number;
  consumers: number;
  /** Pipes to and from other nodes. */
  pipes: number;
  /** What this node is estimated to send to viewers. */
  egressBitsPerSecond: number;
};

const ignore = (): void => undefined;

export const silentMediaObserver: MediaObserver = { figures: ignore, refused: ignore, workerDied: ignore };
