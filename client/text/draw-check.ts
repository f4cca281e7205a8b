import { loadTable } from './language.ts';
import type { DrawCheckMessages } from './messages.ts';

/** Words of checking a draw, loaded when somebody does. */
export const drawCheckText = await loadTable<DrawCheckMessages>({
  en: async () => (await import('./en-draw-check.ts')).enDrawCheck,
  'zh-CN': async () => (await import('./zh-CN-draw-check.ts')).zhCNDrawCheck,
  'zh-TW': async () => (await import('./zh-TW-draw-check.ts')).zhTWDrawCheck,
});
