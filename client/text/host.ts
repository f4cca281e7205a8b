import { loadTable } from './language.ts';
import type { HostMessages } from './messages.ts';

/** Words of draws, fan club and team in the studio, which no other page loads. */
export const hostText = await loadTable<HostMessages>({
  en: async () => (await import('./en-host.ts')).enHost,
  'zh-CN': async () => (await import('./zh-CN-host.ts')).zhCNHost,
  'zh-TW': async () => (await import('./zh-TW-host.ts')).zhTWHost,
});
