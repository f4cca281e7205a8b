import { loadTable } from './language.ts';
import type { RoomMenuMessages } from './messages.ts';

/** Words of the room's menu, loaded with it. */
export const menuText = await loadTable<RoomMenuMessages>({
  en: async () => (await import('./en-room-menu.ts')).enRoomMenu,
  'zh-CN': async () => (await import('./zh-CN-room-menu.ts')).zhCNRoomMenu,
  'zh-TW': async () => (await import('./zh-TW-room-menu.ts')).zhTWRoomMenu,
});
