import type { Child } from '../kit/child.ts';

/** A server process of the run, ours or a peer. */
export type ServerUnderTest = { url: string; pid: number; child: Child };
