import type { Language } from './messages.ts';

const TRADITIONAL = /^zh-(?:hant|tw|hk|mo)\b/;

/** `?lang=` decides (and is remembered), then the browser's languages; English otherwise. */
export function pickLanguage(asked: string | null, preferred: readonly string[]): Language {
  for (const tag of asked === null ? preferred : [asked, ...preferred]) {
    const lower = tag.toLowerCase();
    if (TRADITIONAL.test(lower)) return 'zh-TW';
    if (lower === 'zh' || lower.startsWith('zh-')) return 'zh-CN';
    if (lower === 'en' || lower.startsWith('en-')) return 'en';
  }
  return 'en';
}
