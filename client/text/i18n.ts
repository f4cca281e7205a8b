import { createFormat } from './format.ts';
import { language, loadTable } from './language.ts';
import type { ErrorCode, Messages } from './messages.ts';

export const text = await loadTable<Messages>({
  en: async () => (await import('./en.ts')).en,
  'zh-CN': async () => (await import('./zh-CN.ts')).zhCN,
  'zh-TW': async () => (await import('./zh-TW.ts')).zhTW,
});
export const format = createFormat(language);

/** A refusal in the reader's words; a code that this page does not know yet falls back to the server's. */
export function errorText(error: { code: string; message: string }): string {
  return Object.hasOwn(text.errors, error.code) ? text.errors[error.code as ErrorCode] : error.message;
}
