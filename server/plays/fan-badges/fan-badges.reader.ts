import type { FanBadgesSnapshot, FanBadgesYou } from '../../../shared/plays/fan-badges/contract.ts';
import type { RoomInfo } from '../../../shared/plays/room/contract.ts';
import { daysAt } from '../../community/room-days.ts';
import type { Reader } from '../../kernel/play.ts';
import { parseFan, parseRules } from './fan-record.ts';

export const fanBadgesReader: Reader<FanBadgesSnapshot> = {
  queue(pipe, keys) {
    pipe.get(keys.fanRules);
    pipe.hlen(keys.fans);
  },
  parse(replies) {
    const [rules, fans] = replies as [string | null, number];
    return { rules: parseRules(rules), fans };
  },
};

type YouReplies = [string | null, string | null, string | null, string | null, string | null, string | null];

/** `nowMs`: Redis' time, as this node knows it. */
export function fanBadgesYouReader(userId: string, nowMs: () => number): Reader<FanBadgesYou> {
  return {
    queue(pipe, keys) {
      pipe.hget(keys.fans, userId);
      pipe.get(keys.fanRules);
      pipe.hget(keys.head, 'liveDays');
      pipe.hget(keys.meta, 'info');
      pipe.hget(keys.keeperAsks, userId);
      pipe.hget(keys.invites, userId);
    },
    parse(replies) {
      const [fan, rules, liveDays, info, ask, invites] = replies as YouReplies;
      return {
        fan: fan === null ? null : parseFan(fan, sceneOf(rules, liveDays, info, nowMs())),
        keeperAsk: parseAsk(ask, nowMs()),
        invites: Number(invites ?? 0),
      };
    },
  };
}

function sceneOf(rules: string | null, liveDays: string | null, info: string | null, nowMs: number) {
  const timeZone = info === null ? 'utc' : (JSON.parse(info) as RoomInfo).timeZone;
  return {
    rules: parseRules(rules),
    liveDays: Number(liveDays ?? 0),
    today: daysAt(timeZone, nowMs).today,
  };
}

/** A question that nobody answered in time is none. */
function parseAsk(value: string | null, nowMs: number): FanBadgesYou['keeperAsk'] {
  if (value === null) return null;
  const [untilMs, shiftMs] = value.split(' ').map(Number) as [number, number];
  return untilMs > nowMs ? { untilMs, shiftMs } : null;
}
