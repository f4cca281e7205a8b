import { enMedia } from './en-media.ts';
import { language } from './i18n.ts';
import type { Language, MediaMessages } from './messages.ts';
import { zhCNMedia } from './zh-CN-media.ts';

const tables: Readonly<Record<Language, MediaMessages>> = { en: enMedia, 'zh-CN': zhCNMedia };

/** Words of the video, loaded with the code that plays it. */
export const mediaText: MediaMessages = tables[language];
