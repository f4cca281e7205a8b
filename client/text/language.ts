import type { Language } from './messages.ts';

/** Every language, by its own name. */
export const LANGUAGES: Readonly<Record<Language, string>> = {
  en: 'English',
  'zh-CN': '简体中文',
  'zh-TW': '繁體中文',
};

const STORED_AS = 'livestall:language';
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

function askedFor(): string | null {
  const asked = new URLSearchParams(location.search).get('lang');
  try {
    if (asked !== null) localStorage.setItem(STORED_AS, asked);
    return asked ?? localStorage.getItem(STORED_AS);
  } catch {
    return asked;
  }
}

export const language: Language =
  typeof document === 'undefined' ? 'en' : pickLanguage(askedFor(), navigator.languages);
if (typeof document !== 'undefined') document.documentElement.lang = language;

/** Fetches a table of words in the reader's language, and in no other. For a module to wait for at its top. */
export function loadTable<T>(tables: Readonly<Record<Language, () => Promise<T>>>): Promise<T> {
  return tables[language]();
}
