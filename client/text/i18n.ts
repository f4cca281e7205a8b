import { en } from './en.ts';
import { createFormat } from './format.ts';
import type { ErrorCode, Language, Messages } from './messages.ts';
import { zhCN } from './zh-CN.ts';

const tables: Readonly<Record<Language, Messages>> = { en, 'zh-CN': zhCN };
const STORED_AS = 'livestall:language';

/** `?lang=` decides (and is remembered), then the browser's languages; English otherwise. */
export function pickLanguage(asked: string | null, preferred: readonly string[]): Language {
  for (const tag of asked === null ? preferred : [asked, ...preferred]) {
    const lower = tag.toLowerCase();
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
export const text: Messages = tables[language];
export const format = createFormat(language);
if (typeof document !== 'undefined') document.documentElement.lang = language;

/** A refusal in the reader's words; a code that this page does not know yet falls back to the server's. */
export function errorText(error: { code: string; message: string }): string {
  return Object.hasOwn(text.errors, error.code) ? text.errors[error.code as ErrorCode] : error.message;
}
