import { loadTable } from './language.ts';
import type { ShowMessages } from './messages.ts';

/** Words of the live board, the orders and the report of a show, which only the studio loads. */
export const showText = await loadTable<ShowMessages>({
  en: async () => (await import('./en-show.ts')).enShow,
  'zh-CN': async () => (await import('./zh-CN-show.ts')).zhCNShow,
  'zh-TW': async () => (await import('./zh-TW-show.ts')).zhTWShow,
});
