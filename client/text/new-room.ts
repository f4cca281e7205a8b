import { loadTable } from './language.ts';
import type { NewRoomMessages } from './messages.ts';

/** Words of the page that makes a room. */
export const newRoomText = await loadTable<NewRoomMessages>({
  en: async () => (await import('./en-new-room.ts')).enNewRoom,
  'zh-CN': async () => (await import('./zh-CN-new-room.ts')).zhCNNewRoom,
  'zh-TW': async () => (await import('./zh-TW-new-room.ts')).zhTWNewRoom,
});
