import type { Language } from './messages.ts';
import { pickLanguage } from './pick-language.ts';

/** Every language, by its own name. */
export const LANGUAGES: Readonly<Record<Language, string>> = {
  en: 'English',
  'zh-CN': '简体中文',
  'zh-TW': '繁體中文',
};

const STORED_AS = 'livestall:language';
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
