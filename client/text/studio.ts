import { loadTable } from './language.ts';
import type { StudioMessages } from './messages.ts';

/** Words of the studio alone. */
export const studioText = await loadTable<StudioMessages>({
  en: async () => (await import('./en-studio.ts')).enStudio,
  'zh-CN': async () => (await import('./zh-CN-studio.ts')).zhCNStudio,
  'zh-TW': async () => (await import('./zh-TW-studio.ts')).zhTWStudio,
});
