/** Units of a sale are taken at a steady rate, and all are told of it. Part of `BotMethods`. */

export type DecrementsParams = {
  crowd: string;
  side: 'ours' | 'baseline';
  saleId: string;
  perSecond: number;
  seconds: number;
  /** After the last was sent. */
  answerTimeoutMs: number;
};
export type DecrementsResult = {
  planned: number;
  sent: number;
  answered: number;
  /** Final answers by code, `OK` for holds. */
  answers: Record<string, number>;
  /** Answers that decided nothing and were followed by the same grab. */
  retries: Record<string, number>;
  sendingMs: number;
  /** When the last unit was granted; Unix ms of the bots' clock. */
  grantedAtMs: number;
  latestSendMs: number;
  busyShare: number;
  latenciesMs: number[];
  /** Packets that tell of the stock, a socket, while units were asked for. */
  framesPerSocket: number;
};

export type SeenStock = {
  sampled: number;
  /** Of all sockets since the start. */
  frames: number;
  /** The least that each sampled socket was told, when that was so, and when it was told; Unix ms. */
  known: { available: number; commitAtMs: number; seenAtMs: number }[];
};

export type SaleMethods = {
  decrements: { params: DecrementsParams; result: DecrementsResult };
  seenStock: { params: { crowd: string }; result: SeenStock };
};
