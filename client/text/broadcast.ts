import { loadTable } from './language.ts';
import type { BroadcastMessages } from './messages.ts';

/** Words of publishing, which only the studio loads. */
export const broadcastText = await loadTable<BroadcastMessages>({
  en: async () => (await import('./en-broadcast.ts')).enBroadcast,
  'zh-CN': async () => (await import('./zh-CN-broadcast.ts')).zhCNBroadcast,
  'zh-TW': async () => (await import('./zh-TW-broadcast.ts')).zhTWBroadcast,
});
