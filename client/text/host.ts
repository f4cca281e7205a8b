import { enHost } from './en-host.ts';
import { language } from './i18n.ts';
import type { HostMessages, Language } from './messages.ts';
import { zhCNHost } from './zh-CN-host.ts';

const tables: Readonly<Record<Language, HostMessages>> = { en: enHost, 'zh-CN': zhCNHost };

/** Words of draws, fan club and team in the studio, which no other page loads. */
export const hostText: HostMessages = tables[language];
