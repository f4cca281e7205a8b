import { FAN_DEFAULTS, type Fan, type FanRules } from '../../../shared/community/fans.ts';

/** What of the room a fan's record is read with. */
export type FanScene = {
  rules: FanRules;
  /** Days on which the room was live. */
  liveDays: number;
  /** Today in the room's time zone, like 20261123. */
  today: number;
};

/** A value of the `fans` hash, see server/community/lua/fan-record.lua. @throws Error when it is none. */
export function parseFan(value: string, { rules, liveDays, today }: FanScene): Fan {
  const fields = value.split(' ', 11).map(Number);
  if (fields.length < 11 || fields.some((field) => !Number.isSafeInteger(field)))
    throw new Error(`not the record of a fan: ${value}`);
  const [level, points, litAt, day, watch, chat, share, paid, invite, , joinedAtMs] = fields as Eleven;
  const earned = { watch, chat, share, paid, invite };
  return {
    ...{ level, points, joinedAtMs },
    lit: liveDays - litAt <= rules.lapseDays,
    today: day >= today ? earned : { watch: 0, chat: 0, share: 0, paid: 0, invite: 0 },
  };
}

type Eleven = [
  ...[number, number, number, number, number, number],
  ...[number, number, number, number, number],
];

/** `json` null: the host has set none. What a later version adds has its default. */
export function parseRules(json: string | null): FanRules {
  return json === null ? FAN_DEFAULTS : { ...FAN_DEFAULTS, ...(JSON.parse(json) as FanRules) };
}
