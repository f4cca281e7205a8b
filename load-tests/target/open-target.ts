import { randomBytes } from 'node:crypto';
import type { Progress } from '../kit/progress.ts';
import { loadRoom } from './load-room.ts';
import type { TargetAccess } from './target-address.ts';
import { checkApiKey, checkIsLivestall, checkProtocol, checkTokenSecret, codeOf } from './target-checks.ts';
import { ask, TargetProblem } from './target-http.ts';

/** A deployment that can be loaded: it is Livestall, it takes our keys, and a new room waits on it. */
export type OpenTarget = {
  /** Not started by the run: its CPU, Redis and settings are out of reach. */
  readonly own: false;
  /** Where viewers connect. One address; what balances behind it is the deployment's affair. */
  readonly urls: readonly string[];
  readonly tokenSecret: string;
  readonly apiKey: string;
  /** Made for this run; it stays. */
  readonly roomId: string;
};

/**
 * Looks at a deployment, and makes a room on it. Nothing is changed there before everything was looked at.
 *
 * @throws {TargetProblem} saying what is wrong with it, or with the keys.
 */
export async function openTarget(access: TargetAccess, progress: Progress): Promise<OpenTarget> {
  const { url, apiKey, tokenSecret } = access;
  const roomId = `load-${randomBytes(6).toString('hex')}`;
  await checkIsLivestall(url);
  await checkProtocol(url);
  await checkApiKey(access);
  await checkTokenSecret(access, roomId);
  const { status, json } = await ask(url, '/api/v1/rooms', {
    apiKey,
    body: loadRoom(roomId),
  });
  if (status !== 201) throw new TargetProblem(`${url} makes no room: ${status} ${codeOf(json)}.`);
  progress.step(
    `Made the room ${roomId} on ${url}. It stays, with what is said in it: rooms cannot be deleted.`,
  );
  return { own: false, urls: [url], tokenSecret, apiKey, roomId };
}
