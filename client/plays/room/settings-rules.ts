import { fromLocalField } from '../../text/when.ts';

/** What may stand in the fields of a room. No DOM, so that it can be tested; the server has the last word. */

export const TITLE_MAX = 80;
export const HOST_MAX = 24;
export const CONTACT_MAX = 200;
export const REPLAY_MAX = 500;
/** As in the contract, which carries zod; `settings-rules.unit.test.ts` fails when they drift. */
export const PLAN_AHEAD_MS = 90 * 24 * 3_600_000;
const REPLAY =
  /^(https:\/\/[^\s"'<>\\/?#@]+\/|\/(?!\/))[^\s"'<>\\?#]*\.(mp4|MP4|webm|WEBM|m3u8|M3U8)([?#][^\s"'<>\\]*)?$/;

export type RoomFields = {
  title: string;
  hostName: string;
  sellerContact: string;
  /** As `<input type="datetime-local">` has it; '': no date. */
  startsAt: string;
  replayUrl: string;
};
export type RoomFieldProblem =
  | 'needTitle'
  | 'needHost'
  | 'longContact'
  | 'badStart'
  | 'pastStart'
  | 'farStart'
  | 'badReplay';
export type RoomFieldProblems = Partial<Record<keyof RoomFields, RoomFieldProblem>>;

/** `keptStart`: a date that stood there before may stay, though it is over. */
export function checkRoomFields(fields: RoomFields, nowMs: number, keptStart = ''): RoomFieldProblems {
  const found: RoomFieldProblems = {};
  const within = (typed: string, max: number) => [...typed.trim()].length <= max;
  if (fields.title.trim() === '' || !within(fields.title, TITLE_MAX)) found.title = 'needTitle';
  if (fields.hostName.trim() === '' || !within(fields.hostName, HOST_MAX)) found.hostName = 'needHost';
  if (!within(fields.sellerContact, CONTACT_MAX)) found.sellerContact = 'longContact';
  const start = fields.startsAt === keptStart ? null : startProblem(fields.startsAt, nowMs);
  if (start !== null) found.startsAt = start;
  if (fields.replayUrl.trim() !== '' && !isReplayAddress(fields.replayUrl.trim()))
    found.replayUrl = 'badReplay';
  return found;
}

function startProblem(typed: string, nowMs: number): RoomFieldProblem | null {
  const atMs = fromLocalField(typed);
  if (atMs === null) return null;
  if (Number.isNaN(atMs)) return 'badStart';
  if (atMs <= nowMs) return 'pastStart';
  return atMs > nowMs + PLAN_AHEAD_MS ? 'farStart' : null;
}

export function isReplayAddress(typed: string): boolean {
  return typed.length <= REPLAY_MAX && REPLAY.test(typed);
}
