import { enEmbed } from './en-embed.ts';
import type { EmbedMessages, Language } from './messages.ts';
import { pickLanguage } from './pick-language.ts';
import { zhCNEmbed } from './zh-CN-embed.ts';
import { zhTWEmbed } from './zh-TW-embed.ts';

const TABLES: Readonly<Record<Language, EmbedMessages>> = {
  en: enEmbed,
  'zh-CN': zhCNEmbed,
  'zh-TW': zhTWEmbed,
};

/** All of them in one script, because it must stand on another page without fetching more. */
export function embedText(asked: string, preferred: readonly string[]): EmbedMessages {
  return TABLES[pickLanguage(asked === '' ? null : asked, preferred)];
}
