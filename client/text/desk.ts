import { loadTable } from './language.ts';
import type { DeskMessages } from './messages.ts';

/** Words of moderation, which buyers don't load. */
export const deskText = await loadTable<DeskMessages>({
  en: async () => (await import('./en-desk.ts')).enDesk,
  'zh-CN': async () => (await import('./zh-CN-desk.ts')).zhCNDesk,
  'zh-TW': async () => (await import('./zh-TW-desk.ts')).zhTWDesk,
});

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** "10 min", "7 days"; null: until it is lifted. Rounded down to the unit that says it shortest. */
export function lengthWords(ms: number | null): string {
  const { lengths } = deskText;
  if (ms === null) return lengths.forGood;
  if (ms < MINUTE_MS) return lengths.seconds(Math.round(ms / SECOND_MS));
  if (ms < HOUR_MS) return lengths.minutes(Math.round(ms / MINUTE_MS));
  if (ms < 2 * DAY_MS && ms % DAY_MS !== 0) return lengths.hours(Math.round(ms / HOUR_MS));
  return lengths.days(Math.round(ms / DAY_MS));
}
