import { enDrawCheck } from './en-draw-check.ts';
import { language } from './i18n.ts';
import type { DrawCheckMessages, Language } from './messages.ts';
import { zhCNDrawCheck } from './zh-CN-draw-check.ts';

const tables: Readonly<Record<Language, DrawCheckMessages>> = { en: enDrawCheck, 'zh-CN': zhCNDrawCheck };

/** Words of checking a draw, loaded when somebody does. */
export const drawCheckText: DrawCheckMessages = tables[language];
