/** What a flood needs of a crowd, whatever protocol it talks. Ranges are valid during the call only. */

export type Talker = {
  readonly index: number;
  /** Says something; the answer comes under the returned id. */
  send(command: string, input: unknown): number;
};

export type FloodAct = {
  event(client: Talker, buffer: Buffer, start: number, end: number): void;
  ack(client: Talker, id: number, buffer: Buffer, jsonStart: number, end: number): void;
};

export type FloodCrowd = {
  readonly clients: readonly Talker[];
  /** Above every `client.index`. */
  readonly capacity: number;
  perform(act: FloodAct): void;
  rest(): void;
};
