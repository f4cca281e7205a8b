import { roomInfoSchema } from '../../../shared/plays/room/contract.ts';
import { canBePlanned, PLAN_EXPECTED } from '../../plays/room/room.rules.ts';
import type { RoomPatch } from '../../plays/room/room.store.ts';
import { type Problem, problem } from '../problem.ts';

/**
 * What a body says of a room, with the text that everyone will read without what nobody can see. It must still fit:
 * NFKC can make text longer. And a show is planned for a time that is to come.
 */
export function cleanRoom<Body extends { [K in keyof RoomPatch]?: RoomPatch[K] | undefined }>(
  body: Body,
  nowMs: number,
): { ok: true; fields: RoomPatch } | Problem {
  const fields: RoomPatch = {};
  if (body.checkoutUrl !== undefined) fields.checkoutUrl = body.checkoutUrl;
  if (body.replayUrl !== undefined) fields.replayUrl = body.replayUrl;
  for (const name of ['title', 'hostName', 'sellerContact'] as const) {
    const text = body[name];
    if (text === undefined) continue;
    const checked = roomInfoSchema.shape[name].safeParse(text);
    if (!checked.success) {
      return problem('INVALID_PAYLOAD', {
        path: name,
        detail: 'expected text that can be seen, and not too long',
      });
    }
    fields[name] = checked.data;
  }
  if (body.startsAtMs === undefined) return { ok: true, fields };
  if (!canBePlanned(body.startsAtMs, nowMs))
    return problem('INVALID_PAYLOAD', { path: 'startsAtMs', detail: PLAN_EXPECTED });
  return { ok: true, fields: { ...fields, startsAtMs: body.startsAtMs } };
}
