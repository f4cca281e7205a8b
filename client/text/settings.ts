import { loadTable } from './language.ts';
import type { SettingsMessages } from './messages.ts';

/** Words of a room's own details, for those who change them. */
export const settingsText = await loadTable<SettingsMessages>({
  en: async () => (await import('./en-settings.ts')).enSettings,
  'zh-CN': async () => (await import('./zh-CN-settings.ts')).zhCNSettings,
  'zh-TW': async () => (await import('./zh-TW-settings.ts')).zhTWSettings,
});
