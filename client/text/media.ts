import { loadTable } from './language.ts';
import type { MediaMessages } from './messages.ts';

/** Words of the video, loaded with the code that plays it. */
export const mediaText = await loadTable<MediaMessages>({
  en: async () => (await import('./en-media.ts')).enMedia,
  'zh-CN': async () => (await import('./zh-CN-media.ts')).zhCNMedia,
  'zh-TW': async () => (await import('./zh-TW-media.ts')).zhTWMedia,
});
