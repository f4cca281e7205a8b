import { enBroadcast } from './en-broadcast.ts';
import { language } from './i18n.ts';
import type { BroadcastMessages, Language } from './messages.ts';
import { zhCNBroadcast } from './zh-CN-broadcast.ts';

const tables: Readonly<Record<Language, BroadcastMessages>> = { en: enBroadcast, 'zh-CN': zhCNBroadcast };

/** Words of publishing, which only the studio loads. */
export const broadcastText: BroadcastMessages = tables[language];
