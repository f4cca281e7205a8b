import { loadTable } from './language.ts';
import type { ReplayMessages } from './messages.ts';

/** Words of a past show in the room, loaded with its player. */
export const replayText = await loadTable<ReplayMessages>({
  en: async () => (await import('./en-replay.ts')).enReplay,
  'zh-CN': async () => (await import('./zh-CN-replay.ts')).zhCNReplay,
  'zh-TW': async () => (await import('./zh-TW-replay.ts')).zhTWReplay,
});
