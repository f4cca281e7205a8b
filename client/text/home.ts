import { loadTable } from './language.ts';
import type { HomeMessages } from './messages.ts';

/** Words of the home page, which no other page loads. */
export const homeText = await loadTable<HomeMessages>({
  en: async () => (await import('./en-home.ts')).enHome,
  'zh-CN': async () => (await import('./zh-CN-home.ts')).zhCNHome,
  'zh-TW': async () => (await import('./zh-TW-home.ts')).zhTWHome,
});
